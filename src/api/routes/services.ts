/** What the routes need of the features; the composition root hands it in. */
import type { Readable } from 'node:stream';
import type { Instant } from '../../base/clock.ts';
import type { AuditReader } from '../../features/access/audit.ts';
import type { SourcesService } from '../../features/access/sources.ts';
import type {
  AlertContext,
  AlertsService,
  IncidentsService,
  OwnerIdentity,
  ProcessNode,
  QueueService,
  Unseen,
} from '../../features/alerts/index.ts';
import type { AssetsService as AssetsFeature } from '../../features/assets/types.ts';
import type { RulesService as DetectionRules } from '../../features/detection/index.ts';
import type { HealthService } from '../../features/health/index.ts';
import type { PresenceSubject, PresentPerson } from '../../features/outbox/presence.ts';
import type { LiveChange } from '../../features/outbox/subscribers.ts';
import type { ExplainedRow, Explanation } from '../../lang/sigma/index.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { BulkAction, DeliveryReport, ImportReport } from '../../model/intake.ts';
import type { RuleInForce } from '../../model/rule.ts';
import type { EventRecord, HuntFilter, HuntsService } from './hunts-service.ts';
import type { BacktestQuery, BacktestReport, RuleWorkbench } from './workbench-services.ts';

export type { EventRecord };

/** With its views derived afresh from raw and context. */
export interface EventWithViews extends EventRecord {
  readonly native: Readonly<Record<string, unknown>>;
  readonly ocsf: Readonly<Record<string, unknown>>;
}

export interface EventQuery {
  readonly query: HuntFilter['query'];
  readonly basis: HuntFilter['basis'];
  readonly from?: Instant;
  readonly to?: Instant;
  readonly source?: string;
  readonly host?: string;
  readonly user?: string;
  readonly text?: string;
  /** One of the vendor's own fields, equal but for the case of ASCII letters. */
  readonly field?: { readonly name: string; readonly value: string };
  readonly unparsed?: boolean;
  readonly limit: number;
}

export interface EventsService {
  /** Newest event time first; aborting the signal stops the search in the store. */
  search(scope: Scope, query: EventQuery, signal: AbortSignal): Promise<readonly EventRecord[]>;
  get(scope: Scope, id: string): Promise<EventWithViews | null>;
}

/** Puts what it changes in force. */
export type RuleKeeping = Omit<DetectionRules, 'loadStarterRules' | 'active' | 'linked' | 'filters'>;
export type RulesService = Omit<RuleKeeping, 'get' | 'words' | 'evidence' | 'addEvidence'> &
  RuleTrials &
  RuleWorkbench;
export type AssetsService = Omit<AssetsFeature, 'compiled' | 'refresh'>;

export interface ProcessTree {
  readonly nodes: readonly ProcessNode[];
  /** What limits it, for people. */
  readonly notes: readonly string[];
}

/** Either an event that is stored, or a record as a source would send it. */
export interface ExplainQuery {
  readonly id: string;
  readonly eventId?: string;
  readonly record?: string;
  /** In place of the stored document. */
  readonly source?: string;
}

export interface RuleExplanation {
  readonly explanation: Explanation;
  readonly rows: readonly ExplainedRow[];
}

/** A document that is not evaluated, and why. */
export type { RefusedRule } from '../../features/detection/types.ts';

export type { BacktestQuery, BacktestReport };

/** What there is to try with a rule, beside keeping it. */
export interface RuleTrials {
  /** Throws E_NOT_FOUND. */
  get(scope: Scope, id: string): Promise<RuleInForce>;
  /** Throws E_NOT_FOUND for the rule or the event, E_BAD_REQUEST for what can not be explained. */
  explain(scope: Scope, query: ExplainQuery): Promise<RuleExplanation>;
  /** Aborting the signal stops it in the store as well. Errors as of `explain`; E_TOO_LARGE beyond the store's caps. */
  backtest(scope: Scope, query: BacktestQuery, signal: AbortSignal): Promise<BacktestReport>;
}

/** What surrounds an alert, from both stores. */
export interface ContextService {
  /** Throws E_NOT_FOUND. */
  alert(scope: Scope, id: string): Promise<AlertContext>;
  /** Throws E_NOT_FOUND; aborting the signal stops the search in the store. */
  processTree(scope: Scope, id: string, signal: AbortSignal): Promise<ProcessTree>;
  /** What could not be seen; empty where nothing is known to be missing. Errors and signal as of `processTree`. */
  alertUnseen(scope: Scope, id: string, signal: AbortSignal): Promise<readonly Unseen[]>;
  incidentUnseen(scope: Scope, id: string, signal: AbortSignal): Promise<readonly Unseen[]>;
}

export interface PresenceService {
  /** Returns everybody who looks at it now. */
  set(actor: Actor, subject: PresenceSubject, here: boolean): readonly PresentPerson[];
  /** Everything that somebody looks at now. */
  all(
    scope: Scope,
  ): readonly { readonly subject: PresenceSubject; readonly people: readonly PresentPerson[] }[];
}

/** Who may own something: an identity id, `me`; null for none that may. */
export type OwnerLookup = (actor: Actor, owner: string) => Promise<OwnerIdentity | null>;

export interface SystemStatus {
  readonly version: string;
  readonly startedAt: Instant;
  readonly events: {
    readonly rows: number;
    readonly bytesOnDisk: number;
    readonly days: number;
    readonly lastSeq: number;
  };
  readonly records: { readonly bytes: number };
  readonly consumers: readonly { readonly name: string; readonly seq: number; readonly lag: number }[];
  readonly rules: { readonly active: number; readonly off: number };
  readonly intake: Readonly<Record<string, number>>;
}

export interface BackupReport {
  readonly directory: string;
  readonly events: number;
  readonly upToSeq: number;
  readonly records: number;
  readonly bytes: number;
}

export interface LegalHold {
  readonly id: string;
  readonly reason: string;
  /** UTC days of receipt, `YYYY-MM-DD`, inclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly releasedAt: Instant | null;
}

export interface SystemService {
  status(scope: Scope): Promise<SystemStatus>;
  backup(actor: Actor, directory: string): Promise<BackupReport>;
  signInLink(actor: Actor): Promise<{ readonly url: string; readonly expiresAt: Instant }>;
  holds(scope: Scope): Promise<readonly LegalHold[]>;
  hold(actor: Actor, hold: Pick<LegalHold, 'reason' | 'fromDay' | 'toDay'>): Promise<{ readonly id: string }>;
  /** Throws E_NOT_FOUND. */
  releaseHold(actor: Actor, id: string): Promise<void>;
}

export interface LiveService {
  subscribe(scope: Scope, signal: AbortSignal): AsyncIterable<LiveChange>;
}

export type ContentEncoding = 'identity' | 'gzip' | 'deflate';

export interface IntakeDelivery {
  readonly actor: Actor;
  readonly source: string;
  readonly body: Readable;
  readonly encoding: ContentEncoding;
  readonly idempotencyKey: string | null;
  readonly signal: AbortSignal;
}

/** Bodies are streams that the service limits; destroying one does not cut the answer off. */
export interface IntakeService {
  /** Resolves when the records are stored: acknowledged means stored. */
  deliver(
    delivery: IntakeDelivery & {
      /** `json`: objects one a line or lists of them. `text`: lines. `webhook`: by the source's mapping; E_NOT_FOUND without one. */
      readonly format: 'json' | 'text' | 'webhook';
    },
  ): Promise<DeliveryReport>;
  /** The body is an Elasticsearch bulk request; gives the action of each document. E_BAD_REQUEST when it is none. */
  deliverBulk(delivery: IntakeDelivery): Promise<{ readonly actions: readonly BulkAction[] }>;
  importStream(upload: {
    readonly actor: Actor;
    readonly source: string;
    readonly fileName: string;
    readonly body: Readable;
    /** One of the formats that can be imported; null to go by the first bytes. E_BAD_REQUEST for any other. */
    readonly format: string | null;
    readonly modifiedAt: Instant | null;
    /** IANA zone of times that name none; E_BAD_REQUEST for an unknown one. */
    readonly zone: string | null;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: Readonly<Record<string, unknown>>) => void;
  }): Promise<ImportReport>;
}

export interface Readiness {
  readonly ready: boolean;
  /** Names of the parts that are not there, `events`, `records`. */
  readonly missing: readonly string[];
}

export interface Services {
  readonly alerts: AlertsService;
  readonly incidents: IncidentsService;
  readonly queue: QueueService;
  readonly context: ContextService;
  readonly presence: PresenceService;
  readonly assets: AssetsService;
  readonly owner: OwnerLookup;
  readonly events: EventsService;
  readonly hunts: HuntsService;
  readonly rules: RulesService;
  readonly sources: SourcesService;
  readonly health: HealthService;
  readonly audit: AuditReader;
  readonly system: SystemService;
  readonly live: LiveService;
  readonly intake: IntakeService;
  ready(): Promise<Readiness>;
}
