/** What the routes of the rule workbench need: texts that are being written, tried and backtested. */
import type { Instant } from '../../base/clock.ts';
import type { RuleEvidence, RuleWords } from '../../features/detection/types.ts';
import type { ExplainedRow, Explanation, ModifierFacts, RuleLogsource } from '../../lang/sigma/index.ts';
import type { Actor, Scope } from '../../model/actor.ts';

export interface TryQuery {
  /** Null for a rule that is not there yet. */
  readonly id: string | null;
  /** In place of the stored document; has to be there without an id. */
  readonly source?: string;
  /** Records as sources send them. */
  readonly records?: string;
  readonly eventIds?: readonly string[];
}

/** One event that a rule was tried on. */
export interface TrySubject {
  readonly eventId: string | null;
  readonly raw: string;
  readonly time: Instant | null;
  /** Why no event could be read. */
  readonly problem: string | null;
  /** No parser knows the record: it is taken as it is, for an event of the rule's logsource. */
  readonly assumed: boolean;
  /** Of a rule over many events: it completes a match. */
  readonly matches: boolean;
  /** One of the rules that look at single events matches. */
  readonly feeds: boolean;
  /** Of a rule over many events: what it completes, with the events that the match rests on. */
  readonly completes: readonly {
    readonly group: string;
    readonly value: number;
    readonly subjects: readonly number[];
  }[];
  /** Of the rule, or of each that feeds it. */
  readonly explanations: readonly {
    readonly ruleId: string;
    readonly title: string;
    readonly explanation: Explanation;
    readonly rows: readonly ExplainedRow[];
  }[];
}

export interface RuleTry {
  /** What the rule looks at. */
  readonly kind: 'single' | 'many';
  /** What the trial can not show. */
  readonly notes: readonly string[];
  readonly subjects: readonly TrySubject[];
}

export interface BacktestQuery {
  readonly id: string;
  /** Of event time, back from now. */
  readonly days: number;
  /** In place of the stored document. */
  readonly source?: string;
}

/** What a rule would have matched among the stored events. */
export interface BacktestReport {
  readonly ruleId: string;
  readonly title: string;
  readonly from: Instant;
  readonly to: Instant;
  /** Events that the engine had to look at. */
  readonly candidates: number;
  /** Matches that the store counted by itself: columns decide them. */
  readonly counted: number;
  readonly matches: number;
  /** Alerts that the matches would open, if none of them were closed meanwhile. */
  readonly alerts: number;
  /** Days of event time, UTC, oldest first; those without a match are not among them. */
  readonly byDay: readonly { readonly day: string; readonly matches: number }[];
  /** The 50 with the most matches. */
  readonly byEntity: readonly {
    /** Of a rule over many events: what they have in common. */
    readonly kind: 'host' | 'user' | 'source' | 'group';
    readonly name: string;
    readonly matches: number;
  }[];
  /** The newest 20. */
  readonly samples: readonly {
    readonly eventId: string;
    readonly time: Instant;
    readonly host: string;
    readonly user: string;
  }[];
  readonly durationMs: number;
}

export type BacktestStep =
  | {
      readonly type: 'progress';
      /** Days of event time that are done, of how many. */
      readonly days: number;
      readonly ofDays: number;
      readonly candidates: number;
      readonly matches: number;
    }
  | { readonly type: 'done'; readonly report: BacktestReport };

/** The words of rules: of the language, and of what is here. */
export interface RuleVocabulary extends RuleWords {
  readonly keys: Readonly<Record<string, readonly Word[]>>;
  readonly values: Readonly<Record<string, readonly Word[]>>;
  readonly condition: readonly Word[];
  readonly modifiers: readonly ModifierFacts[];
}

export interface Word {
  readonly name: string;
  readonly detail: string;
}

export interface LogsourceFields {
  /** Events that were looked at. */
  readonly sampled: number;
  readonly fields: readonly {
    readonly name: string;
    /** Events that have it. */
    readonly count: number;
    readonly values: readonly { readonly value: string; readonly count: number }[];
  }[];
}

export interface EvidenceOutcome extends Omit<RuleEvidence, 'event'> {
  readonly passes: boolean;
  readonly explanation: Explanation;
  readonly rows: readonly ExplainedRow[];
}

export interface EvidenceTest {
  /** `many`: a rule over many events; evidence is for those over single ones. */
  readonly kind: 'single' | 'many';
  readonly items: readonly EvidenceOutcome[];
}

export interface EvidenceReport {
  readonly rules: number;
  readonly evidence: number;
  readonly failed: readonly (Pick<RuleEvidence, 'ruleId' | 'expect' | 'why'> & { readonly title: string })[];
}

export interface RuleWorkbench {
  /** `source` in place of the stored text. Errors as of `tryOut`. */
  testEvidence(scope: Scope, id: string, source?: string): Promise<EvidenceTest>;
  /** Every rule that has evidence, or those named. */
  testAll(scope: Scope, ids?: readonly string[]): Promise<EvidenceReport>;
  /** A stored event or one record that is pasted, frozen as the rule sees it today. */
  keepEvidence(
    actor: Actor,
    evidence: Pick<RuleEvidence, 'expect' | 'why'> & {
      readonly id: string;
      readonly record?: string;
      readonly eventId?: string;
    },
  ): Promise<RuleEvidence>;
  /** Throws E_NOT_FOUND for the rule or an event, E_BAD_REQUEST for what is no rule or can not be tried. */
  tryOut(scope: Scope, query: TryQuery): Promise<RuleTry>;
  /** As `backtest`, with how far it is. Leaving the loop ends it in the store as well. */
  backtestSteps(scope: Scope, query: BacktestQuery, signal: AbortSignal): AsyncIterable<BacktestStep>;
  vocabulary(scope: Scope): Promise<RuleVocabulary>;
  /** Fields of the newest events that a rule with this logsource would see. */
  fields(scope: Scope, logsource: RuleLogsource, signal: AbortSignal): Promise<LogsourceFields>;
}
