/** Rules as the service keeps them: loaded, listed, turned on and off, handed to the pipeline. */
import type { Clock, Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { hashId, uuidv7 } from '../../base/ids.ts';
import type { FilterReading, LogsourceMappings } from '../../lang/sigma/index.ts';
import type { Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { RuleState, RuleSummary } from '../../model/rule.ts';
import type { Records, RecordsDb, RecordsTx } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import { listRules } from './list.ts';
import { readLinked, readRules } from './read.ts';
import { storedFor } from './references.ts';
import { toRuleDocument, toRuleSummary } from './rows.ts';
import { saveRules } from './save.ts';
import type { ActiveRule, ActiveRules, RuleFile, RuleLoadReport, RulesService } from './types.ts';

export interface RulesDeps {
  readonly records: Pick<Records, 'db' | 'transaction'>;
  readonly clock: Clock;
  readonly mappings: LogsourceMappings;
  /** What the condition of a filter means; `require` by default. */
  readonly filterReading?: FilterReading;
}

/** Rules read in one statement by `active`: a source has about 2 KB. */
const page = 500;
const evidenceSuffix = '.evidence.yml';

export function createRules(deps: RulesDeps): RulesService {
  const { records } = deps;
  return {
    load: (actor, files, defaultState) => loadRules(deps, actor, files, defaultState),
    async loadStarterRules(tenant, files) {
      const system: Actor = { kind: 'system', id: 'system', name: 'Watchfloor', tenant, roles: [] };
      const rules = files.filter((file) => !file.path.endsWith(evidenceSuffix));
      return await loadRules(deps, system, rules, 'alert');
    },
    list: (scope, query) => listRules(records.db, scope, query),
    async get(scope, id) {
      const row = await oneRule(records.db, scope.tenant, id).executeTakeFirst();
      if (row === undefined) throw notFound(id);
      return toRuleDocument(row);
    },
    setState: (actor, id, version, state) => setState(deps, actor, id, version, state),
    active: (tenant) => activeRules(records.db, tenant),
    linked: (tenant, file) => readLinked(file, (references) => storedFor(records.db, tenant, references)),
    filters: (tenant) => activeFilters(records.db, tenant),
  };
}

async function loadRules(
  { records, clock, mappings, filterReading }: RulesDeps,
  actor: Actor,
  files: readonly RuleFile[],
  defaultState: RuleState,
): Promise<RuleLoadReport> {
  const { rules, refused, warnings } = await readRules(files, {
    mappings,
    reading: filterReading ?? 'require',
    stored: (references) => storedFor(records.db, actor.tenant, references),
  });
  const now = clock.now();
  const saved = await records.transaction(async (tx) => {
    const counts = await saveRules(tx, actor.tenant, rules, defaultState, now);
    // A service that starts loads its rules each time; what changes nothing leaves no trail.
    if (counts.added + counts.changed > 0) {
      const facts = { ...counts, refused: refused.length };
      await note(tx, actor, now, { action: 'rules.loaded', ruleId: '', facts });
    }
    return counts;
  });
  return { ...saved, refused, warnings };
}

async function setState(
  { records, clock }: RulesDeps,
  actor: Actor,
  id: string,
  version: number,
  state: RuleState,
): Promise<RuleSummary> {
  const now = clock.now();
  return await records.transaction(async (tx) => {
    const row = await oneRule(tx, actor.tenant, id).forUpdate().executeTakeFirst();
    if (row === undefined) throw notFound(id);
    if (row.version !== version) {
      throw new AppError(
        'E_CONFLICT',
        `the rule "${row.title}" was changed meanwhile: you saw version ${version}, it is at ${row.version}; look again`,
        { rule: toRuleSummary(row) },
      );
    }
    if (row.state === state) return toRuleSummary(row);
    const changed = await tx
      .updateTable('rules')
      .set({ state, version: row.version + 1 })
      .where('tenant', '=', row.tenant)
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const facts = { from: row.state, to: state, version: changed.version };
    await note(tx, actor, now, { action: 'rule.state_changed', ruleId: row.id, facts });
    return toRuleSummary(changed);
  });
}

/** By id and page by page: the answer grows with the number of rules. */
async function activeRules(db: RecordsDb, tenant: TenantId): Promise<ActiveRules> {
  const rules: ActiveRule[] = [];
  for (let last = ''; ; ) {
    const part = await db
      .selectFrom('rules')
      .select(['id', 'hash', 'source', 'path'])
      .where('tenant', '=', tenant)
      .where('state', '=', 'alert')
      .where('id', '>', last)
      .orderBy('id')
      .limit(page)
      .execute();
    rules.push(...part);
    const end = part.at(-1);
    if (end === undefined || part.length < page) break;
    last = end.id;
  }
  return { revision: hashId(...rules.flatMap((rule) => [rule.id, rule.hash])), rules };
}

async function activeFilters(db: RecordsDb, tenant: TenantId): Promise<readonly RuleFile[]> {
  const rows = await db
    .selectFrom('rules')
    .select(['path', 'source'])
    .where('tenant', '=', tenant)
    .where('kind', '=', 'filter')
    .where('state', '=', 'alert')
    .orderBy('id')
    .limit(10_000)
    .execute();
  return rows.map(({ path, source }) => ({ path, content: source }));
}

function oneRule(db: RecordsDb, tenant: string, id: string) {
  return db
    .selectFrom('rules')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', pgText(id).toLowerCase());
}

function notFound(id: string): AppError {
  return new AppError('E_NOT_FOUND', `no rule ${id}`);
}

interface Note {
  readonly action: string;
  readonly ruleId: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The audit row, and the domain event by which the pipeline takes up the rules anew. */
async function note(
  tx: RecordsTx,
  actor: Actor,
  now: Instant,
  { action, ruleId, facts }: Note,
): Promise<void> {
  await tx
    .insertInto('audit')
    .values({
      tenant: actor.tenant,
      id: uuidv7(now),
      at: new Date(now),
      actor_kind: actor.kind,
      actor_id: pgText(actor.id),
      actor_name: pgText(actor.name),
      action,
      resource: 'rule',
      resource_id: ruleId,
      outcome: 'ok',
      details: JSON.stringify(facts),
      peer: '',
    })
    .execute();
  await tx
    .insertInto('outbox')
    .values({
      tenant: actor.tenant,
      at: new Date(now),
      type: 'rules.changed',
      payload: JSON.stringify(ruleId === '' ? {} : { ruleId }),
      dispatched_at: null,
    })
    .execute();
}
