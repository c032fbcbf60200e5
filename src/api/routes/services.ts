/** What the routes need of the features; the composition root hands it in. */
import type { Readable } from 'node:stream';
import type { Instant } from '../../base/clock.ts';
import type { AuditReader } from '../../features/access/audit.ts';
import type { SourcesService } from '../../features/access/sources.ts';
import type { AlertsService } from '../../features/alerts/types.ts';
import type { HealthService } from '../../features/health/index.ts';
import type { LiveChange } from '../../features/outbox/subscribers.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { DeliveryReport, ImportReport } from '../../model/intake.ts';
import type { RuleDocument, RuleState, RuleSummary } from '../../model/rule.ts';
import type { HuntFilter, HuntsService } from './hunts-service.ts';

/** A stored event as the event store gives it: the columns that people see. */
export interface EventRecord {
  readonly event_id: string;
  readonly source: string;
  readonly received: Instant;
  readonly time: Instant;
  readonly time_origin: 'event' | 'received' | 'out_of_range';
  readonly seq: number;
  readonly idx: number;
  readonly parser: string;
  readonly unparsed: string;
  readonly class_uid: number;
  readonly activity_id: number;
  readonly channel: string;
  readonly event_code: string;
  readonly host: string;
  readonly user: string;
  readonly process: string;
  readonly command_line: string;
  readonly parent_process: string;
  readonly src_ip: string;
  readonly dst_ip: string;
  readonly dst_port: number;
  readonly file: string;
  readonly product: string;
  readonly service: string;
  readonly category: string;
  readonly raw: string;
  readonly raw_encoding: 'utf8' | 'latin1';
}

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

export interface RuleFile {
  readonly path: string;
  readonly content: string;
}

export interface RuleLoadReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly id: string | null;
    readonly reason: string;
  }[];
}

export interface RulesService {
  list(
    scope: Scope,
    query: { readonly text?: string; readonly state?: RuleState; readonly limit: number },
  ): Promise<{ readonly items: readonly RuleSummary[]; readonly total: number }>;
  /** Throws E_NOT_FOUND. */
  get(scope: Scope, id: string): Promise<RuleDocument>;
  load(actor: Actor, files: readonly RuleFile[], state: RuleState): Promise<RuleLoadReport>;
  setState(actor: Actor, id: string, version: number, state: RuleState): Promise<RuleSummary>;
}

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

/** Bodies are streams that the service limits; destroying one does not cut the answer off. */
export interface IntakeService {
  /** Resolves when the records are stored: acknowledged means stored. */
  deliver(delivery: {
    readonly actor: Actor;
    readonly source: string;
    readonly body: Readable;
    readonly encoding: ContentEncoding;
    readonly idempotencyKey: string | null;
    readonly signal: AbortSignal;
  }): Promise<DeliveryReport>;
  importStream(upload: {
    readonly actor: Actor;
    readonly source: string;
    readonly fileName: string;
    readonly body: Readable;
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
