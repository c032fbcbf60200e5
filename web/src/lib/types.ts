/** The nouns of the contract as the console receives them, and their names for people. */
import type {
  AlertDetail as AlertDetailSchema,
  AlertEvidence,
  AlertSummary,
  EventView,
  HistoryEntry,
  LiveEvent,
  Me,
  RuleDocument as RuleDocumentSchema,
  RuleSummary,
} from '../../../src/api/contract/schemas.ts';

export type AlertDetail = (typeof AlertDetailSchema)['_output'];
export type RuleDocument = (typeof RuleDocumentSchema)['_output'];
export type { AlertEvidence, AlertSummary, EventView, HistoryEntry, LiveEvent, Me, RuleSummary };

export type Severity = AlertSummary['severity'];
export type AlertStatus = AlertSummary['status'];
export type Verdict = NonNullable<AlertSummary['verdict']>;
export type MatchedField = AlertEvidence['matched'][number];

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
