/** One change of one alert by a person: lock, check the version, write it with history, audit and domain event. */
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { AlertStatus, AlertSummary, HistoryKind, Verdict } from '../../model/alert.ts';
import type { Records, RecordsDb, RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { auditRow, historyRow, outboxRow } from './journal.ts';
import { keyNumber, toSummary } from './rows.ts';

/** What a change writes to the alert's own row. */
export interface Patch {
  readonly status?: AlertStatus;
  readonly verdict?: Verdict | null;
  readonly owner_id?: string | null;
  readonly owner_name?: string | null;
  readonly closed_at?: Date | null;
}

export interface Change {
  readonly patch: Patch;
  readonly kind: HistoryKind;
  /** For the history; the audit row has it too, but for free text. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Asked {
  readonly actor: Actor;
  /** Id or display key. */
  readonly id: string;
  /** The version that the person saw; null where any will do. */
  readonly version: number | null;
  readonly now: Instant;
}

/** `decide` sees the locked row and says what to write, or null when it is so already; it may refuse by throwing. */
export async function changeAlert(
  records: Pick<Records, 'transaction'>,
  asked: Asked,
  decide: (row: Row<'alerts'>, tx: RecordsTx) => Promise<Change | null> | Change | null,
): Promise<AlertSummary> {
  return await records.transaction(async (tx) => {
    const row = await oneAlert(tx, asked.actor.tenant, asked.id).forUpdate().executeTakeFirst();
    if (row === undefined) throw notFound(asked.id);
    if (asked.version !== null && asked.version !== row.version) {
      const current = toSummary(row);
      throw new AppError(
        'E_CONFLICT',
        `${current.key} was changed meanwhile: you saw version ${asked.version}, it is at ${current.version}; look again`,
        { alert: current },
      );
    }
    const change = await decide(row, tx);
    return change === null ? toSummary(row) : await write(tx, row, asked, change);
  });
}

async function write(
  tx: RecordsTx,
  before: Row<'alerts'>,
  { actor, now }: Asked,
  change: Change,
): Promise<AlertSummary> {
  const row = await tx
    .updateTable('alerts')
    .set({ ...change.patch, updated_at: new Date(now), version: before.version + 1 })
    .where('tenant', '=', before.tenant)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const { text: _text, reason: _reason, ...facts } = change.data;
  await tx
    .insertInto('alert_history')
    .values(historyRow(row, now, actor, change.kind, change.data))
    .execute();
  await tx
    .insertInto('audit')
    .values(
      auditRow(row.tenant, now, actor, `alert.${change.kind}`, row.id, { ...facts, version: row.version }),
    )
    .execute();
  await tx
    .insertInto('outbox')
    .values(outboxRow(row, now, 'alert.changed'))
    .execute();
  return toSummary(row);
}

export function oneAlert(db: RecordsDb, tenant: string, id: string) {
  const number = keyNumber(id);
  const query = db.selectFrom('alerts').selectAll().where('tenant', '=', tenant);
  return number === null ? query.where('id', '=', pgText(id)) : query.where('number', '=', number);
}

export function notFound(id: string): AppError {
  return new AppError('E_NOT_FOUND', `no alert ${id}`);
}
