/** The rows that every change of rules leaves beside it: audit, history, and the event by which the pipeline takes up the rules anew. */
import type { Instant } from '../../base/clock.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { RuleHistoryKind } from '../../model/rule.ts';
import { audit } from '../../store/audit-row.ts';
import type { RecordsTx } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';

export interface Note {
  readonly action: string;
  /** '' where it is about many. */
  readonly ruleId: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export async function note(
  tx: RecordsTx,
  actor: Actor,
  now: Instant,
  { action, ruleId, facts }: Note,
): Promise<void> {
  const entry = { at: now, actor, action, resource: 'rule', resourceId: ruleId, details: facts };
  await audit(tx, entry);
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

export interface HistoryNote {
  readonly ruleId: string;
  readonly kind: RuleHistoryKind;
  readonly data: Readonly<Record<string, unknown>>;
}

const rowsAStatement = 1_000;

export async function noteHistory(
  tx: RecordsTx,
  actor: Actor,
  now: Instant,
  notes: readonly HistoryNote[],
): Promise<void> {
  for (let at = 0; at < notes.length; at += rowsAStatement) {
    await tx
      .insertInto('rule_history')
      .values(
        notes.slice(at, at + rowsAStatement).map(({ ruleId, kind, data }) => ({
          tenant: actor.tenant,
          rule_id: ruleId,
          id: uuidv7(now),
          at: new Date(now),
          actor_kind: actor.kind,
          actor_id: pgText(actor.id),
          actor_name: pgText(actor.name),
          kind,
          data: JSON.stringify(data),
        })),
      )
      .execute();
  }
}
