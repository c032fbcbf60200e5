/** Rules that are written here: changed in place, or made new. */
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { RuleState, RuleSummary } from '../../model/rule.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';
import { note, noteHistory } from './notes.ts';
import { readRules } from './read.ts';
import { readOptions } from './references.ts';
import { oneRule, toRuleSummary } from './rows.ts';
import { type LoadedRule, localPack, rowOf } from './save.ts';
import type { RulesDeps } from './types.ts';
import { keepVersions } from './versions.ts';

export async function editRule(
  deps: RulesDeps,
  actor: Actor,
  id: string,
  version: number,
  { source, message = '' }: { readonly source: string; readonly message?: string | undefined },
): Promise<RuleSummary> {
  const { records, clock } = deps;
  const now = clock.now();
  const edited = await onlyRule(deps, actor, id, source);
  if (edited.id !== id.toLowerCase())
    throw new AppError(
      'E_BAD_REQUEST',
      `source: is the rule ${edited.id}, not ${id}; load it as a rule of its own`,
    );
  return await records.transaction(async (tx) => {
    const row = await lockVersion(tx, actor, id, version, now);
    const rule = { ...edited, path: row.path };
    if (rule.hash === row.hash) return toRuleSummary(row, now);
    const values = rowOf(
      row.tenant,
      {
        rule,
        known: row,
        change: 'changed',
        state: row.state,
        pack: row.pack,
        packHash: row.pack === localPack ? rule.hash : row.pack_hash,
        edited: row.pack !== localPack && rule.hash !== row.pack_hash,
      },
      now,
    );
    const changed = await tx
      .updateTable('rules')
      .set({ ...values, version: row.version + 1 })
      .where('tenant', '=', row.tenant)
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const facts = { from: row.hash, to: changed.hash, version: changed.version };
    await keepVersions(tx, actor, now, [versionOf(rule, message)]);
    await note(tx, actor, now, { action: 'rule.edited', ruleId: row.id, facts });
    await noteHistory(tx, actor, now, [{ ruleId: row.id, kind: 'edited', data: { ...facts, message } }]);
    return toRuleSummary(changed, now);
  });
}

export async function createRule(
  deps: RulesDeps,
  actor: Actor,
  {
    source,
    message,
    state,
  }: { readonly source: string; readonly message: string; readonly state: RuleState },
): Promise<RuleSummary> {
  const { records, clock } = deps;
  const now = clock.now();
  const read = await onlyRule(deps, actor, 'new rule', source);
  const rule = { ...read, path: `${read.id}.yml` };
  return await records.transaction(async (tx) => {
    const decision = { rule, known: undefined, change: 'added', state, pack: localPack } as const;
    const row = await tx
      .insertInto('rules')
      .values({
        ...rowOf(actor.tenant, { ...decision, packHash: rule.hash, edited: false }, now),
        state_origin: 'person',
      })
      .onConflict((conflict) => conflict.columns(['tenant', 'id']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) {
      const twin = await oneRule(tx, actor.tenant, rule.id).executeTakeFirstOrThrow();
      throw new AppError(
        'E_CONFLICT',
        `the id is taken by the rule "${twin.title}": give it one of its own`,
        {
          rule: toRuleSummary(twin, now),
        },
      );
    }
    const facts = { pack: localPack, state, hash: rule.hash };
    await keepVersions(tx, actor, now, [versionOf(rule, message)]);
    await note(tx, actor, now, { action: 'rule.created', ruleId: row.id, facts });
    await noteHistory(tx, actor, now, [{ ruleId: row.id, kind: 'loaded', data: facts }]);
    return toRuleSummary(row, now);
  });
}

function versionOf({ id, hash, source }: LoadedRule, message: string) {
  return { ruleId: id, hash, source, message };
}

/** Throws E_BAD_REQUEST for a text that is not exactly one rule that compiles. */
async function onlyRule(deps: RulesDeps, actor: Actor, path: string, source: string): Promise<LoadedRule> {
  const read = await readRules([{ path, content: source }], readOptions(deps, actor.tenant));
  const [refusal] = read.refused;
  if (refusal !== undefined)
    throw new AppError('E_BAD_REQUEST', `line ${refusal.line ?? 1}: ${refusal.reason}`);
  const [rule, second] = read.rules;
  if (rule === undefined || second !== undefined)
    throw new AppError('E_BAD_REQUEST', 'source: has to be one rule');
  return rule;
}

export async function lockVersion(
  tx: RecordsTx,
  actor: Actor,
  id: string,
  version: number,
  now: number,
): Promise<Row<'rules'>> {
  const row = await oneRule(tx, actor.tenant, id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('E_NOT_FOUND', `no rule ${id}`);
  if (row.version !== version) {
    throw new AppError(
      'E_CONFLICT',
      `the rule "${row.title}" was changed meanwhile: you saw version ${version}, it is at ${row.version}; look again`,
      { rule: toRuleSummary(row, now) },
    );
  }
  return row;
}
