/** Rules as the service keeps them: loaded, listed, tuned, handed to the pipeline. */
import { sql } from 'kysely';
import { AppError } from '../../base/errors.ts';
import { hashId } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { RuleState, RuleSummary } from '../../model/rule.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { ruleActivity, ruleDetections } from './activity.ts';
import { checkRule } from './check.ts';
import { ruleCoverage } from './coverage.ts';
import { unifiedDiff } from './diff.ts';
import { createRule, editRule, lockVersion } from './edit.ts';
import { addEvidence, listEvidence, removeEvidence } from './evidence.ts';
import { previewException } from './exception-preview.ts';
import { addException, exceptionSource, removeException } from './exceptions.ts';
import { listRules } from './list.ts';
import { listPacks, loadRules, planRules, pruneRules } from './load.ts';
import { note, noteHistory } from './notes.ts';
import { readLinked } from './read.ts';
import { storedFor } from './references.ts';
import { oneRule, toRuleDocument, toRuleSummary } from './rows.ts';
import type { ActiveRule, ActiveRules, RuleFile, RulesDeps, RulesService } from './types.ts';
import { listVersions, oneVersion } from './versions.ts';
import { ruleWords } from './words.ts';

/** Rules read in one statement by `active`: a source has about 2 KB. */
const page = 500;
/** Characters of a diff that somebody reads. */
const mostDiff = 500_000;

export function createRules(deps: RulesDeps): RulesService {
  const { records, clock, mappings } = deps;
  return {
    load: (actor, files, options) => loadRules(deps, actor, files, options),
    plan: (scope, files, options) => planRules(deps, scope, files, options),
    prune: (actor, pack, keep, options) => pruneRules(deps, actor, pack, keep, options),
    packs: (scope) => listPacks(records.db, scope),
    async loadStarterRules(tenant, files) {
      const system: Actor = { kind: 'system', id: 'system', name: 'Watchfloor', tenant, roles: [] };
      const options = { state: 'alert', profile: '', pack: 'starter', overwrite: false } as const;
      return await loadRules(deps, system, files, options);
    },
    list: (scope, query) => listRules(records.db, scope, query, clock.now()),
    async get(scope, id) {
      return toRuleDocument(await existing(records.db, scope.tenant, id), clock.now());
    },
    setState: (actor, id, version, state) => setState(deps, actor, id, version, state),
    edit: (actor, id, version, source, message) => editRule(deps, actor, id, version, { source, message }),
    create: (actor, rule) => createRule(deps, actor, rule),
    check: (scope, draft) => checkRule(deps, scope, draft),
    async versions(scope, id) {
      return await listVersions(records.db, scope, (await existing(records.db, scope.tenant, id)).id);
    },
    async version(scope, id, number) {
      return await oneVersion(records.db, scope, pgText(id).toLowerCase(), number);
    },
    diff: (before, after) => unifiedDiff(before, after, mostDiff),
    words: (scope) => ruleWords(records.db, scope),
    async activity(scope, id, days) {
      const rule = await existing(records.db, scope.tenant, id);
      return await ruleActivity(records.db, scope, rule, days, clock.now());
    },
    detections: (scope, id, limit, cursor) => ruleDetections(records.db, scope, id, limit, cursor),
    addException: (actor, id, exception) =>
      addException(records, mappings, actor, id, exception, clock.now()),
    previewException: (scope, id, asked) =>
      previewException(records.db, mappings, scope, id, asked, clock.now()),
    removeException: (actor, id, exception) => removeException(records, actor, id, exception, clock.now()),
    evidence: (scope, id) => listEvidence(records.db, scope, id),
    addEvidence: (actor, id, evidence) => addEvidence(records, actor, id, evidence, clock.now()),
    removeEvidence: (actor, id, evidence) => removeEvidence(records, actor, id, evidence, clock.now()),
    coverage: (scope) => ruleCoverage(records.db, scope, mappings),
    active: (tenant) => activeRules(records.db, tenant),
    linked: (tenant, file) => readLinked(file, (references) => storedFor(records.db, tenant, references)),
    filters: (tenant) => activeFilters(records.db, tenant),
  };
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
    const row = await lockVersion(tx, actor, id, version, now);
    if (row.state === state && row.state_origin === 'person') return toRuleSummary(row, now);
    const changed = await tx
      .updateTable('rules')
      .set({ state, state_origin: 'person', version: row.version + 1 })
      .where('tenant', '=', row.tenant)
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const facts = { from: row.state, to: state, version: changed.version };
    await note(tx, actor, now, { action: 'rule.state_changed', ruleId: row.id, facts });
    await noteHistory(tx, actor, now, [{ ruleId: row.id, kind: 'state_changed', data: facts }]);
    return toRuleSummary(changed, now);
  });
}

/** By id and page by page: the answer grows with the number of rules. */
async function activeRules(db: RecordsDb, tenant: TenantId): Promise<ActiveRules> {
  const rules: ActiveRule[] = [];
  for (let last = ''; ; ) {
    const part = await db
      .selectFrom('rules')
      .select(['id', 'hash', 'source', 'path', 'state', 'title', 'logsource'])
      .where('tenant', '=', tenant)
      .where('state', '<>', 'off')
      .where('id', '>', last)
      .orderBy('id')
      .limit(page)
      .execute();
    const exceptions = await exceptionsOf(db, tenant, part);
    for (const { id, hash, source, path, state } of part)
      rules.push({
        id,
        hash,
        source,
        path,
        observe: state === 'observe',
        exceptions: exceptions.get(id) ?? [],
      });
    const end = part.at(-1);
    if (end === undefined || part.length < page) break;
    last = end.id;
  }
  const parts = rules.flatMap(({ id, hash, observe, exceptions }) => [
    id,
    hash,
    observe ? 'observe' : 'alert',
    ...exceptions.map((exception) => exception.id),
  ]);
  return { revision: hashId(...parts), rules };
}

async function exceptionsOf(
  db: RecordsDb,
  tenant: string,
  rules: readonly Pick<Row<'rules'>, 'id' | 'title' | 'logsource'>[],
): Promise<ReadonlyMap<string, ActiveRule['exceptions']>> {
  const byRule = new Map(rules.map((rule) => [rule.id, rule]));
  const rows = await db
    .selectFrom('rule_exceptions')
    .select(['id', 'rule_id', 'fields', 'expires_at'])
    .where('tenant', '=', tenant)
    .where('rule_id', '=', sql<string>`any(${[...byRule.keys()]}::text[])`)
    .orderBy('id')
    .execute();
  const found = new Map<string, ActiveRule['exceptions'][number][]>();
  for (const row of rows) {
    const rule = byRule.get(row.rule_id);
    if (rule === undefined) continue;
    const list = found.get(rule.id) ?? [];
    found.set(rule.id, list);
    list.push({
      id: row.id,
      source: exceptionSource(rule.title, rule.logsource, JSON.parse(row.fields) as Record<string, unknown>),
      expiresAt: row.expires_at?.getTime() ?? null,
    });
  }
  return found;
}

async function existing(db: RecordsDb, tenant: string, id: string): Promise<Row<'rules'>> {
  const row = await oneRule(db, tenant, id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return row;
}

async function activeFilters(db: RecordsDb, tenant: TenantId): Promise<readonly RuleFile[]> {
  const rows = await db
    .selectFrom('rules')
    .select(['path', 'source'])
    .where('tenant', '=', tenant)
    .where('kind', '=', 'filter')
    .where('state', '<>', 'off')
    .orderBy('id')
    .limit(10_000)
    .execute();
  return rows.map(({ path, source }) => ({ path, content: source }));
}

function notFound(id: string): AppError {
  return new AppError('E_NOT_FOUND', `no rule ${id}`);
}
