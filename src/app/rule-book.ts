/** The rules in force: hands them to the pipeline's worker, and knows the facts that alerts freeze. */
import type { Logger } from '../base/logger.ts';
import type { RuleFacts } from '../features/alerts/index.ts';
import type { RulesService } from '../features/detection/index.ts';
import { mainTenant, type RuleId, type TenantId } from '../model/ids.ts';
import type { Severity } from '../model/severity.ts';
import type { Stateful } from '../pipeline/stateful.ts';
import type { PipelineWorker } from '../pipeline/worker-client.ts';
import type { Records } from '../store/records.ts';

export interface RuleBook {
  /** Puts what is on in force for every batch given to the worker from now on. */
  refresh(): Promise<void>;
  /** Facts of a rule that was in force in this process, also after it changed. Throws a plain Error for another. */
  facts(tenant: TenantId, ruleId: RuleId, ruleHash: string): RuleFacts;
  size(): number;
  /** Why a rule that is on is not evaluated; null when it is, or is not on. */
  problem(id: string): string | null;
}

export interface RuleBookDeps {
  readonly rules: RulesService;
  readonly records: Records;
  readonly worker: PipelineWorker;
  readonly stateful: Stateful;
  readonly logger: Logger;
}

const pageSize = 1_000;

export function createRuleBook(deps: RuleBookDeps): RuleBook {
  const facts = new Map<string, RuleFacts>();
  let revision = '';
  let size = 0;
  let problems = new Map<string, string>();
  let last: Promise<void> = Promise.resolve();

  /** Facts come first: a detection of a rule must find them. */
  async function readFacts(): Promise<void> {
    let after = '';
    for (;;) {
      const rows = await deps.records.db
        .selectFrom('rules')
        .select(['id', 'hash', 'title', 'author', 'license', 'source', 'tags', 'severity'])
        .where('tenant', '=', mainTenant)
        .where('state', '<>', 'off')
        .where('id', '>', after)
        .orderBy('id')
        .limit(pageSize)
        .execute();
      for (const { id, hash, title, author, license, source, tags, severity } of rows) {
        facts.set(`${id}:${hash}`, { title, author, license, source, tags, severity: severity as Severity });
      }
      after = rows.at(-1)?.id ?? after;
      if (rows.length < pageSize) return;
    }
  }

  async function refresh(): Promise<void> {
    const active = await deps.rules.active(mainTenant);
    if (active.revision === revision) return;
    await readFacts();
    const {
      size: compiled,
      refused,
      stateful,
    } = await deps.worker.setRules(active.rules.map((rule) => ({ ...rule, id: rule.id as RuleId })));
    deps.stateful.setRules(stateful);
    size = compiled;
    problems = new Map(refused.map(({ id, reason }) => [id, reason]));
    revision = active.revision;
    if (refused.length > 0)
      deps.logger.error(
        { rules: refused.slice(0, 20), count: refused.length },
        'rules that are on can not be evaluated',
      );
  }

  return {
    refresh() {
      last = last.then(refresh, refresh);
      return last;
    },
    facts(_tenant, ruleId, ruleHash) {
      const found = facts.get(`${ruleId}:${ruleHash}`);
      if (found === undefined)
        throw new Error(`rule ${ruleId} with hash ${ruleHash} was never in force here`);
      return found;
    },
    size: () => size,
    problem: (id) => problems.get(id) ?? null,
  };
}
