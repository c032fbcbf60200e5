/** What the rules part of detection takes and gives. */
import type { ParsedFile, RuleDocuments } from '../../lang/sigma/index.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { RuleDocument, RuleState, RuleSummary } from '../../model/rule.ts';

/** One text of YAML documents; `path` is what people know it by. */
export interface RuleFile {
  readonly path: string;
  readonly content: string;
}

/** A document that is not evaluated, and why. */
export interface RefusedRule {
  readonly file: string;
  readonly line: number | null;
  readonly id: string | null;
  readonly title: string | null;
  readonly reason: string;
  /** What to do about it, where more can be said. */
  readonly hint?: string;
}

export interface RuleLoadReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRule[];
  /** Loaded, but probably not what was meant. */
  readonly warnings: readonly RefusedRule[];
}

export interface RuleQuery {
  /** Substring of title, id, author or path, in any case. */
  readonly text?: string | undefined;
  readonly state?: RuleState | undefined;
  readonly limit: number;
}

/** What the pipeline needs to evaluate a rule. */
export interface ActiveRule {
  readonly id: string;
  readonly hash: string;
  readonly source: string;
  readonly path: string;
}

export interface ActiveRules {
  /** Hash of the ids and hashes: the same rules have the same revision, whatever happened between. */
  readonly revision: string;
  /** By id. */
  readonly rules: readonly ActiveRule[];
}

export interface RulesService {
  /**
   * Adds and changes rules; `defaultState` is that of new ones, a known rule keeps its own. What is
   * wrong with one document refuses that document only.
   */
  load(actor: Actor, files: readonly RuleFile[], defaultState: RuleState): Promise<RuleLoadReport>;
  /** The rules that come with the service (`content/rules`), on; asked by the service itself. Evidence files beside them are passed over. */
  loadStarterRules(tenant: TenantId, files: readonly RuleFile[]): Promise<RuleLoadReport>;
  /** By title. */
  list(
    scope: Scope,
    query: RuleQuery,
  ): Promise<{ readonly items: readonly RuleSummary[]; readonly total: number }>;
  get(scope: Scope, id: string): Promise<RuleDocument>;
  /** Throws E_CONFLICT with the current rule when `version` is another. */
  setState(actor: Actor, id: string, version: number, state: RuleState): Promise<RuleSummary>;
  active(tenant: TenantId): Promise<ActiveRules>;
  /** A document with the stored ones that it refers to. */
  linked(
    tenant: TenantId,
    file: RuleFile,
  ): Promise<{ readonly own: ParsedFile; readonly all: RuleDocuments }>;
  /** The filter documents that are on. */
  filters(tenant: TenantId): Promise<readonly RuleFile[]>;
}
