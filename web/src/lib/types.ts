/** The nouns of the contract as the console receives them, and their names for people. */
import type { SourceHealth } from '../../../src/api/contract/health.ts';
import type { HuntEvent, HuntItem, Partial as PartialAnswer } from '../../../src/api/contract/hunts.ts';
import type {
  AlertContext as AlertContextSchema,
  BulkReport as BulkReportSchema,
  IncidentDetail as IncidentDetailSchema,
  IncidentSummary,
  PresentPerson as PresentPersonSchema,
  ProcessTree as ProcessTreeSchema,
  QueueFacets as QueueFacetsSchema,
  QueueGroup as QueueGroupSchema,
  QueueRow,
  RuleException as RuleExceptionSchema,
  Unseen as UnseenSchema,
} from '../../../src/api/contract/queue-schemas.ts';
import type {
  AlertDetail as AlertDetailSchema,
  AlertEvidence,
  AlertSummary,
  BacktestReport as BacktestReportSchema,
  EventView,
  HistoryEntry,
  LiveEvent,
  Me,
  RuleDocument as RuleDocumentSchema,
  RuleSummary,
} from '../../../src/api/contract/schemas.ts';
import type {
  BacktestItem as BacktestItemSchema,
  EvidenceOutcome as EvidenceOutcomeSchema,
  RuleCheck as RuleCheckSchema,
  RuleTry as RuleTrySchema,
  RuleVersion as RuleVersionSchema,
} from '../../../src/api/contract/workbench.ts';

export type RuleCheck = (typeof RuleCheckSchema)['_output'];
export type RuleFinding = RuleCheck['findings'][number];
export type RuleTry = (typeof RuleTrySchema)['_output'];
export type TrySubject = RuleTry['subjects'][number];
export type EvidenceOutcome = (typeof EvidenceOutcomeSchema)['_output'];
export type RuleVersion = (typeof RuleVersionSchema)['_output'];
export type BacktestItem = (typeof BacktestItemSchema)['_output'];
export type BacktestReport = (typeof BacktestReportSchema)['_output'];
export type AlertDetail = (typeof AlertDetailSchema)['_output'];
export type AlertContext = (typeof AlertContextSchema)['_output'];
export type BulkReport = (typeof BulkReportSchema)['_output'];
export type IncidentDetail = (typeof IncidentDetailSchema)['_output'];
export type PresentPerson = (typeof PresentPersonSchema)['_output'];
export type ProcessTree = (typeof ProcessTreeSchema)['_output'];
export type Unseen = (typeof UnseenSchema)['_output'];
export type QueueFacets = (typeof QueueFacetsSchema)['_output'];
export type QueueGroup = (typeof QueueGroupSchema)['_output'];
export type RuleException = (typeof RuleExceptionSchema)['_output'];
export type RuleDocument = (typeof RuleDocumentSchema)['_output'];
export type {
  AlertEvidence,
  AlertSummary,
  EventView,
  HistoryEntry,
  HuntEvent,
  HuntItem,
  IncidentSummary,
  LiveEvent,
  Me,
  PartialAnswer,
  QueueRow,
  RuleSummary,
  SourceHealth,
};

export type Severity = AlertSummary['severity'];
export type AlertStatus = AlertSummary['status'];
export type Verdict = NonNullable<AlertSummary['verdict']>;
export type Waiting = NonNullable<AlertSummary['waiting']>;
export type PriorityReason = AlertSummary['priorityReasons'][number];
export type MatchedField = AlertEvidence['matched'][number];
export type RowKind = QueueRow['kind'];
export type IncidentHistoryEntry = IncidentDetail['history'][number];
export type EntityContext = AlertContext['entities'][number];
export type ProcessNode = ProcessTree['nodes'][number];

/** Worst first, the order of every list and facet. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'informational'];
export const alertStatuses: readonly AlertStatus[] = ['new', 'in_triage', 'waiting', 'closed'];

export const severityNames: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  informational: 'Informational',
};

export const statusNames: Readonly<Record<AlertStatus, string>> = {
  new: 'New',
  in_triage: 'In triage',
  waiting: 'Waiting',
  closed: 'Closed',
};

export const verdictNames: Readonly<Record<Verdict, string>> = {
  true_positive: 'True positive',
  benign_positive: 'Benign',
  false_positive: 'False positive',
  inconclusive: 'Inconclusive',
};

/** Key after `c` → verdict, in the order in which they are shown. */
export const verdictKeys: readonly { readonly key: string; readonly verdict: Verdict }[] = [
  { key: 't', verdict: 'true_positive' },
  { key: 'b', verdict: 'benign_positive' },
  { key: 'f', verdict: 'false_positive' },
  { key: 'i', verdict: 'inconclusive' },
];

/** What is said most often, by verdict: picked with a digit, any other words can be typed. */
export const verdictReasons: Readonly<Record<Verdict, readonly string[]>> = {
  true_positive: [
    'Confirmed compromise',
    'Attack that was blocked',
    'Policy violation',
    'Part of a known incident',
  ],
  benign_positive: [
    'Administrator at work',
    'Approved test or exercise',
    'Known software behaves like this',
    'Confirmed with the user',
  ],
  false_positive: [
    'Rule is too broad',
    'Rule misread the event',
    'Wrong or stale data',
    'Field mapping is wrong',
  ],
  inconclusive: ['Not enough data kept', 'User could not be reached', 'Too old to tell'],
};
