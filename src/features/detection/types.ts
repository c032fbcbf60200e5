/** What the rules part of detection takes and gives. */
import type { Clock, Instant } from '../../base/clock.ts';
import type {
  FilterReading,
  LogsourceMappings,
  ParsedFile,
  RuleDocuments,
  SigmaEvent,
} from '../../lang/sigma/index.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { Verdict } from '../../model/alert.ts';
import type { TenantId } from '../../model/ids.ts';
import type {
  DetectionOutcome,
  RuleDocument,
  RuleException,
  RuleHistoryKind,
  RuleState,
  RuleSummary,
} from '../../model/rule.ts';
import type { Records } from '../../store/records.ts';
import type { Profile } from './profile.ts';

/** One text of YAML documents; `path` is what people know it by. */
export interface RuleFile {
  readonly path: string;
  readonly content: string;
}

/** A document that is not evaluated, and why. */
export interface RefusedRule {
  readonly file: string;
  readonly line: number | null;
  /** From 1, where the text itself is what is wrong. */
  readonly column?: number;
  readonly id: string | null;
  readonly title: string | null;
  readonly reason: string;
  /** What to do about it, where more can be said. */
  readonly hint?: string;
}

export interface LoadOptions {
  /** State of rules that are new; a known rule keeps its own. */
  readonly state: RuleState | 'profile';
  /** Name of the profile, where `state` asks for one. */
  readonly profile: string;
  /** The name under which they belong together. */
  readonly pack: string;
  /** Also over texts that were edited here. */
  readonly overwrite: boolean;
}

export interface RuleLoadReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Changed in the pack, left because they were edited here. */
  readonly kept: number;
  readonly refused: readonly RefusedRule[];
  /** Loaded, but probably not what was meant. */
  readonly warnings: readonly RefusedRule[];
  /** Of every rule in the files. */
  readonly ids: readonly string[];
  /** What the added ones may do. */
  readonly states: Readonly<Record<RuleState, number>>;
}

export interface PlannedRule {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly change: 'added' | 'changed' | 'kept' | 'removed';
  readonly state: RuleState;
  readonly note: string;
  readonly diff: string;
}

export interface RulePlan extends RuleLoadReport {
  readonly removed: number;
  /** What is not unchanged, by path. */
  readonly rules: readonly PlannedRule[];
}

export interface RuleQuery {
  /** Substring of title, id, author or path, in any case. */
  readonly text?: string | undefined;
  readonly state?: RuleState | undefined;
  readonly pack?: string | undefined;
  readonly flooding?: boolean | undefined;
  /** Those that alert or observe. */
  readonly active?: boolean | undefined;
  /** `product/service/category`, each as the rule writes it, or empty where it names none. */
  readonly logsource?: string | undefined;
  readonly limit: number;
}

export interface PackSummary {
  readonly name: string;
  readonly rules: number;
  readonly edited: number;
  readonly states: Readonly<Record<RuleState, number>>;
  readonly loadedAt: Instant;
}

export interface RuleActivity {
  readonly days: readonly {
    readonly day: string;
    readonly detections: number;
    readonly observed: number;
    readonly excepted: number;
    readonly flooded: number;
  }[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly openAlerts: number;
  readonly exceptions: readonly RuleException[];
  readonly history: readonly {
    readonly id: string;
    readonly at: Instant;
    readonly actor: Pick<Actor, 'kind' | 'id' | 'name'>;
    readonly kind: RuleHistoryKind;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
  readonly logsourceSeen: boolean | null;
}

export interface DetectionSummary {
  readonly id: string;
  readonly ruleId: string;
  readonly eventId: string;
  readonly eventTime: Instant;
  readonly host: string;
  readonly user: string;
  readonly source: string;
  readonly outcome: DetectionOutcome;
  readonly alertId: string | null;
}

export interface NewException {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly expiresAt: Instant | null;
}

/** What an exception would have left out of the alerts of the last days, as far as their kept events tell. */
export interface ExceptionPreview {
  readonly days: number;
  /** Alerts of the rule that were looked at. */
  readonly alerts: number;
  /** Alerts that would not be there, and those of them that are open. */
  readonly gone: number;
  readonly goneOpen: number;
  /** Alerts that would have fewer detections. */
  readonly fewer: number;
  /** Detections of which events are kept, and those that would be left out. */
  readonly detections: number;
  readonly hidden: number;
  /** Every alert of these days was looked at, with every detection. */
  readonly whole: boolean;
  readonly examples: readonly { readonly key: string; readonly title: string; readonly host: string }[];
}

export interface RuleCoverage {
  readonly fromDay: string | null;
  readonly neverFire: readonly {
    readonly logsource: Readonly<Record<string, string>>;
    readonly rules: number;
    readonly examples: readonly { readonly id: string; readonly title: string }[];
  }[];
  readonly withoutRules: readonly {
    readonly product: string;
    readonly services: readonly string[];
    readonly categories: readonly string[];
    readonly events: number;
    readonly lastDay: string;
    /** A query that finds these events among the stored ones. */
    readonly query: string;
  }[];
}

/** What is to be said of a text that is being written, with its place. */
export interface RuleFinding {
  /** `error`: it can not be saved. `note`: true, and perhaps meant. */
  readonly severity: 'error' | 'warning' | 'note';
  /** From 1; the end is exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly message: string;
  readonly hint: string | null;
}

export interface RuleCheck {
  /** Null while the text is no rule. */
  readonly rule:
    | (Pick<RuleSummary, 'kind' | 'title' | 'severity' | 'logsource'> & { readonly id: string })
    | null;
  readonly findings: readonly RuleFinding[];
}

/** A text that is being written: of the rule `id`, or of one that is not there yet. */
export interface RuleDraft {
  readonly id: string | null;
  readonly source: string;
}

/** What is known here, for completion. */
export interface RuleWords {
  /** Received here, or that rules look at. */
  readonly logsources: readonly {
    readonly product: string;
    readonly service: string;
    readonly category: string;
    readonly events: number;
    readonly rules: number;
  }[];
  readonly tags: readonly { readonly name: string; readonly rules: number }[];
  /** By which correlations and filters refer to rules. */
  readonly names: readonly { readonly id: string; readonly title: string }[];
}

export interface RuleVersion {
  /** From 1. */
  readonly number: number;
  readonly hash: string;
  readonly at: Instant;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'>;
  readonly message: string;
}

export interface NewEvidence {
  readonly expect: 'match' | 'miss';
  readonly why: string;
  /** As it was given, for people. */
  readonly record: string;
  /** As the rule sees it. */
  readonly event: SigmaEvent;
}

/** An event that a rule has to match, or must not. */
export interface RuleEvidence extends NewEvidence {
  readonly id: string;
  readonly ruleId: string;
  /** `pack`: came with the rule, and goes with its next load. */
  readonly origin: 'pack' | 'person';
  /** Number of the text that it was added to. */
  readonly ruleVersion: number;
  readonly addedAt: Instant;
  readonly addedBy: string;
}

/** What the pipeline needs to evaluate a rule. */
export interface ActiveRule {
  readonly id: string;
  readonly hash: string;
  readonly source: string;
  readonly path: string;
  readonly observe: boolean;
  /** Each as a Sigma rule of its own. */
  readonly exceptions: readonly {
    readonly id: string;
    readonly source: string;
    readonly expiresAt: Instant | null;
  }[];
}

export interface ActiveRules {
  /** Hash of all that is in them: the same rules have the same revision, whatever happened between. */
  readonly revision: string;
  /** By id. */
  readonly rules: readonly ActiveRule[];
}

export interface RulesDeps {
  readonly records: Pick<Records, 'db' | 'transaction'>;
  readonly clock: Clock;
  readonly mappings: LogsourceMappings;
  /** What the condition of a filter means. */
  readonly filterReading: FilterReading;
  /** By name. */
  readonly profiles: ReadonlyMap<string, Profile>;
}

export interface RulesService {
  /**
   * Adds and changes rules. A known rule keeps its state and its exceptions; one whose text was
   * changed here keeps that too, unless `overwrite` says otherwise. What is wrong with one document
   * refuses that document only. Throws E_BAD_REQUEST for an unknown profile.
   */
  load(actor: Actor, files: readonly RuleFile[], options: LoadOptions): Promise<RuleLoadReport>;
  /** What `load` would do; nothing is changed. */
  plan(scope: Scope, files: readonly RuleFile[], options: LoadOptions): Promise<RulePlan>;
  /** Removes the rules of a pack that are not among `keep`; edited ones stay unless `overwrite`. */
  prune(
    actor: Actor,
    pack: string,
    keep: readonly string[],
    options: { readonly dryRun: boolean; readonly overwrite: boolean },
  ): Promise<RulePlan>;
  packs(scope: Scope): Promise<readonly PackSummary[]>;
  /** The rules that come with the service (`content/rules`), on; asked by the service itself. */
  loadStarterRules(tenant: TenantId, files: readonly RuleFile[]): Promise<RuleLoadReport>;
  /** By title. */
  list(
    scope: Scope,
    query: RuleQuery,
  ): Promise<{ readonly items: readonly RuleSummary[]; readonly total: number }>;
  get(scope: Scope, id: string): Promise<RuleDocument>;
  /** Throws E_CONFLICT with the current rule when `version` is another. */
  setState(actor: Actor, id: string, version: number, state: RuleState): Promise<RuleSummary>;
  /** Throws E_BAD_REQUEST for a text that does not compile or has another id, with line and reason. */
  edit(actor: Actor, id: string, version: number, source: string, message?: string): Promise<RuleSummary>;
  /** A rule that is not there yet. Errors as of `edit`; E_CONFLICT with the rule that has its id. */
  create(
    actor: Actor,
    rule: { readonly source: string; readonly message: string; readonly state: RuleState },
  ): Promise<RuleSummary>;
  check(scope: Scope, draft: RuleDraft): Promise<RuleCheck>;
  /** Newest first. */
  versions(scope: Scope, id: string): Promise<readonly RuleVersion[]>;
  /** Throws E_NOT_FOUND. */
  version(scope: Scope, id: string, number: number): Promise<RuleVersion & { readonly source: string }>;
  /** Two texts as a unified diff; '' where they are equal. */
  diff(before: string, after: string): string;
  /** What a rule can be about here: logsources, ATT&CK tags. */
  words(scope: Scope): Promise<RuleWords>;
  activity(scope: Scope, id: string, days: number): Promise<RuleActivity>;
  /** Newest first. */
  detections(
    scope: Scope,
    id: string,
    limit: number,
    cursor?: string,
  ): Promise<{ readonly items: readonly DetectionSummary[]; readonly nextCursor: string | null }>;
  /** Throws E_BAD_REQUEST for fields that are no Sigma selection. */
  addException(actor: Actor, id: string, exception: NewException): Promise<RuleException>;
  /** Changes nothing. Errors as of `addException`. */
  previewException(
    scope: Scope,
    id: string,
    asked: { readonly fields: NewException['fields']; readonly days: number },
  ): Promise<ExceptionPreview>;
  removeException(actor: Actor, id: string, exception: string): Promise<void>;
  /** Of all rules with null. */
  evidence(scope: Scope, id: string | null): Promise<readonly RuleEvidence[]>;
  addEvidence(actor: Actor, id: string, evidence: NewEvidence): Promise<RuleEvidence>;
  removeEvidence(actor: Actor, id: string, evidence: string): Promise<void>;
  coverage(scope: Scope): Promise<RuleCoverage>;
  active(tenant: TenantId): Promise<ActiveRules>;
  /** A document with the stored ones that it refers to. */
  linked(
    tenant: TenantId,
    file: RuleFile,
  ): Promise<{ readonly own: ParsedFile; readonly all: RuleDocuments }>;
  /** The filter documents that are on. */
  filters(tenant: TenantId): Promise<readonly RuleFile[]>;
}
