/** The texts that a rule had: who wrote them, when and why. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { RecordsDb, RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import type { RuleVersion } from './types.ts';

export interface NewVersion {
  readonly ruleId: string;
  readonly hash: string;
  readonly source: string;
  readonly message: string;
}

const rowsAStatement = 300;

/** In the transaction that writes the rules; their rows are locked, so that no number is given twice. */
export async function keepVersions(
  tx: RecordsTx,
  actor: Actor,
  now: Instant,
  versions: readonly NewVersion[],
): Promise<void> {
  for (let at = 0; at < versions.length; at += rowsAStatement) {
    const rows = versions.slice(at, at + rowsAStatement).map(({ ruleId, hash, source, message }) => ({
      rule_id: ruleId,
      hash,
      source: pgText(source),
      message: pgText(message),
    }));
    await sql`
      insert into rule_versions
        (tenant, rule_id, number, hash, source, at, actor_kind, actor_id, actor_name, message)
      select ${actor.tenant}, t.rule_id,
        coalesce((select max(v.number) from rule_versions v
          where v.tenant = ${actor.tenant} and v.rule_id = t.rule_id), 0) + 1,
        t.hash, t.source, ${new Date(now)}, ${actor.kind}, ${pgText(actor.id)}, ${pgText(actor.name)}, t.message
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as t(rule_id text, hash text, source text, message text)`.execute(tx);
  }
}

const shown = ['number', 'hash', 'at', 'actor_kind', 'actor_id', 'actor_name', 'message'] as const;
const mostShown = 1_000;

export async function listVersions(
  db: RecordsDb,
  scope: Scope,
  ruleId: string,
): Promise<readonly RuleVersion[]> {
  const rows = await db
    .selectFrom('rule_versions')
    .select(shown)
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', ruleId)
    .orderBy('number', 'desc')
    .limit(mostShown)
    .execute();
  return rows.map(toVersion);
}

export async function oneVersion(
  db: RecordsDb,
  scope: Scope,
  ruleId: string,
  number: number,
): Promise<RuleVersion & { readonly source: string }> {
  const row = await db
    .selectFrom('rule_versions')
    .select([...shown, 'source'])
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', ruleId)
    .where('number', '=', number)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('E_NOT_FOUND', `the rule ${ruleId} has no version ${number}`);
  return { ...toVersion(row), source: row.source };
}

function toVersion(row: Pick<Row<'rule_versions'>, (typeof shown)[number]>): RuleVersion {
  return {
    number: row.number,
    hash: row.hash,
    at: row.at.getTime(),
    actor: { kind: row.actor_kind as Actor['kind'], id: row.actor_id, name: row.actor_name },
    message: row.message,
  };
}
