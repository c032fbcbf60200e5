/** Events that a rule has to match and events that it must not, kept with it: its tests. */
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { SigmaEvent } from '../../lang/sigma/index.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { Records, RecordsDb, RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText, type Row } from '../../store/schema.ts';
import { note, noteHistory } from './notes.ts';
import { oneRule } from './rows.ts';
import type { NewEvidence, RuleEvidence } from './types.ts';

const mostOfARule = 200;
const mostCharacters = 1_000_000;

/** What a pack that was removed left behind waits for its rule to come again. */
export async function listEvidence(
  db: RecordsDb,
  scope: Scope,
  ruleId: string | null,
): Promise<readonly RuleEvidence[]> {
  let query = db
    .selectFrom('rule_evidence as e')
    .innerJoin('rules as r', (join) =>
      join.onRef('r.tenant', '=', 'e.tenant').onRef('r.id', '=', 'e.rule_id'),
    )
    .selectAll('e')
    .where('e.tenant', '=', scope.tenant);
  if (ruleId !== null) query = query.where('e.rule_id', '=', pgText(ruleId).toLowerCase());
  const rows = await query.orderBy('e.rule_id').orderBy('e.expect').orderBy('e.id').execute();
  return rows.map(toEvidence);
}

export async function addEvidence(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  ruleId: string,
  evidence: NewEvidence,
  now: Instant,
): Promise<RuleEvidence> {
  const event = JSON.stringify(evidence.event);
  if (event.length + evidence.record.length > mostCharacters)
    throw new AppError('E_TOO_LARGE', `the event has more than ${mostCharacters} characters`);
  return await records.transaction(async (tx) => {
    const rule = await oneRule(tx, actor.tenant, ruleId).forUpdate().executeTakeFirst();
    if (rule === undefined) throw new AppError('E_NOT_FOUND', `no rule ${ruleId}`);
    const known = await listEvidence(tx, actor, rule.id);
    if (known.length >= mostOfARule)
      throw new AppError(
        'E_BAD_REQUEST',
        `the rule has ${mostOfARule} events as evidence: take some out first`,
      );
    const number = await versionNumber(tx, actor, rule.id);
    const id = uuidv7(now);
    const row = rowOf(actor, rule.id, id, evidence, { origin: 'person', number, now });
    const added = await tx.insertInto('rule_evidence').values(row).returningAll().executeTakeFirstOrThrow();
    const facts = { evidence: id, expect: evidence.expect };
    await note(tx, actor, now, { action: 'rule.evidence_added', ruleId: rule.id, facts });
    await noteHistory(tx, actor, now, [
      { ruleId: rule.id, kind: 'evidence_added', data: { ...facts, why: pgText(evidence.why) } },
    ]);
    return toEvidence(added);
  });
}

export async function removeEvidence(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  ruleId: string,
  id: string,
  now: Instant,
): Promise<void> {
  await records.transaction(async (tx) => {
    const gone = await tx
      .deleteFrom('rule_evidence')
      .where('tenant', '=', actor.tenant)
      .where('rule_id', '=', pgText(ruleId).toLowerCase())
      .where('id', '=', pgText(id))
      .returningAll()
      .executeTakeFirst();
    if (gone === undefined) throw new AppError('E_NOT_FOUND', `the rule ${ruleId} has no evidence ${id}`);
    const facts = { evidence: id, expect: gone.expect };
    await note(tx, actor, now, { action: 'rule.evidence_removed', ruleId: gone.rule_id, facts });
    await noteHistory(tx, actor, now, [
      { ruleId: gone.rule_id, kind: 'evidence_removed', data: { ...facts, why: gone.why } },
    ]);
  });
}

/** What a pack brings in place of what it brought before; what people added stays. */
export async function replacePackEvidence(
  tx: RecordsTx,
  actor: Actor,
  now: Instant,
  byRule: ReadonlyMap<string, readonly NewEvidence[]>,
): Promise<void> {
  for (const [ruleId, evidence] of byRule) {
    await tx
      .deleteFrom('rule_evidence')
      .where('tenant', '=', actor.tenant)
      .where('rule_id', '=', ruleId)
      .where('origin', '=', 'pack')
      .execute();
    if (evidence.length === 0) continue;
    const number = await versionNumber(tx, actor, ruleId);
    const rows = evidence.map((one, at) =>
      rowOf(actor, ruleId, `pack-${String(at).padStart(4, '0')}`, one, { origin: 'pack', number, now }),
    );
    await tx.insertInto('rule_evidence').values(rows).execute();
  }
}

async function versionNumber(tx: RecordsTx, scope: Scope, ruleId: string): Promise<number> {
  const newest = await tx
    .selectFrom('rule_versions')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', ruleId)
    .executeTakeFirst();
  return newest?.number ?? 1;
}

function rowOf(
  actor: Actor,
  ruleId: string,
  id: string,
  { expect, why, record, event }: NewEvidence,
  facts: { readonly origin: 'pack' | 'person'; readonly number: number; readonly now: Instant },
): NewRow<'rule_evidence'> {
  return {
    tenant: actor.tenant,
    rule_id: ruleId,
    id,
    expect,
    why: pgText(why),
    record: pgText(record),
    event: pgText(JSON.stringify(event)),
    origin: facts.origin,
    rule_version: facts.number,
    added_at: new Date(facts.now),
    added_by: pgText(actor.name),
  };
}

function toEvidence(row: Row<'rule_evidence'>): RuleEvidence {
  return {
    id: row.id,
    ruleId: row.rule_id,
    expect: row.expect,
    why: row.why,
    record: row.record,
    event: JSON.parse(row.event) as SigmaEvent,
    origin: row.origin,
    ruleVersion: row.rule_version,
    addedAt: row.added_at.getTime(),
    addedBy: row.added_by,
  };
}
