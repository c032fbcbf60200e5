/** Changes that people decide: lock, check the version, write them with history, audit and domain events, all at once. */
import { sql } from 'kysely';
import { type Instant, toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { AlertSummary } from '../../model/alert.ts';
import type { IncidentSummary } from '../../model/incident.ts';
import type { RowKind } from '../../model/queue.ts';
import type { Records, RecordsDb, RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { auditRow, historyRow, incidentHistoryRow, insertRows, outboxRow, type Who } from './journal.ts';
import { refresh } from './refresh.ts';
import { alertKey, incidentKey, incidentNumber, keyNumber, toIncident, toSummary } from './rows.ts';
import { type Change, type Triage, triageColumns, type Verb } from './verbs.ts';

export interface Asked {
  readonly actor: Actor;
  /** Id or display key. */
  readonly id: string;
  /** The version that the person saw; null where any will do. */
  readonly version: number | null;
  readonly now: Instant;
}

interface Decided<T> {
  readonly row: T;
  readonly change: Change;
}

export async function changeAlert(
  records: Pick<Records, 'transaction'>,
  asked: Asked,
  verb: Verb,
): Promise<AlertSummary> {
  return await records.transaction(async (tx) => {
    const row = await oneAlert(tx, asked.actor.tenant, asked.id).forUpdate().executeTakeFirst();
    if (row === undefined) throw notFound(asked.id);
    const current = toSummary(row);
    refuseStale(asked, row.version, current.key, { alert: current });
    const change = decide(verb, row, current.key, { alert: current });
    if (change === null) return current;
    await writeAlerts(tx, row.tenant, [{ row, change }], asked.actor, asked.now);
    await refresh(tx, row.tenant, asked.now, { alerts: [row.id], incidents: [] });
    return toSummary(await oneAlert(tx, row.tenant, row.id).executeTakeFirstOrThrow());
  });
}

export async function changeIncident(
  records: Pick<Records, 'transaction'>,
  asked: Asked,
  verb: Verb,
  /** What follows for its alerts, in the same transaction; returns the alerts that it changed. */
  follow: (tx: RecordsTx, row: Row<'incidents'>) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<IncidentSummary> {
  return await records.transaction(async (tx) => {
    const row = await lockIncident(tx, asked);
    const current = toIncident(row);
    const change = decide(verb, row, current.key, { incident: current });
    if (change === null) return current;
    await writeIncidents(tx, row.tenant, [{ row, change }], asked.actor, asked.now);
    const alerts = await follow(tx, row);
    await refresh(tx, row.tenant, asked.now, { alerts, incidents: [row.id] });
    return toIncident(await oneIncident(tx, row.tenant, row.id).executeTakeFirstOrThrow());
  });
}

export async function lockIncident(tx: RecordsTx, asked: Asked): Promise<Row<'incidents'>> {
  const row = await oneIncident(tx, asked.actor.tenant, asked.id).forUpdate().executeTakeFirst();
  if (row === undefined) throw noIncident(asked.id);
  const current = toIncident(row);
  refuseStale(asked, row.version, current.key, { incident: current });
  return row;
}

function refuseStale(asked: Asked, version: number, key: string, current: object): void {
  if (asked.version === null || asked.version === version) return;
  throw new AppError(
    'E_CONFLICT',
    `${key} was changed meanwhile: you saw version ${asked.version}, it is at ${version}; look again`,
    { ...current },
  );
}

/** A refusal carries how it stands. */
function decide(verb: Verb, row: Triage, key: string, current: object): Change | null {
  try {
    return verb(row, key);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError(thrown.code, thrown.message, { ...thrown.details, ...current }, thrown);
  }
}

/** Writes what was decided of each; `refresh` has to follow in the same transaction. */
export async function writeAlerts(
  tx: RecordsTx,
  tenant: string,
  decided: readonly Decided<Triage & Pick<Row<'alerts'>, 'id' | 'version'>>[],
  who: Who,
  now: Instant,
): Promise<void> {
  await writeTriage(tx, 'alerts', tenant, decided, now);
  const after = decided.map(({ row, change }) => ({
    ref: { tenant, id: row.id, version: row.version + 1 },
    change,
  }));
  await insertRows(
    tx,
    'alert_history',
    after.map(({ ref, change }) => historyRow(ref, now, who, change.kind, change.data)),
  );
  await insertRows(
    tx,
    'audit',
    after.map(({ ref, change }) =>
      auditRow(tenant, now, who, `alert.${change.kind}`, ref.id, factsOf(ref, change)),
    ),
  );
  await insertRows(
    tx,
    'outbox',
    after.map(({ ref }) => outboxRow(ref, now, 'alert.changed')),
  );
}

export async function writeIncidents(
  tx: RecordsTx,
  tenant: string,
  decided: readonly Decided<Triage & Pick<Row<'incidents'>, 'id' | 'version'>>[],
  who: Who,
  now: Instant,
): Promise<void> {
  await writeTriage(tx, 'incidents', tenant, decided, now);
  const after = decided.map(({ row, change }) => ({
    ref: { tenant, id: row.id, version: row.version + 1 },
    change,
  }));
  await insertRows(
    tx,
    'incident_history',
    after.map(({ ref, change }) => incidentHistoryRow(ref, now, who, change.kind, change.data)),
  );
  await insertRows(
    tx,
    'audit',
    after.map(({ ref, change }) =>
      auditRow(tenant, now, who, `incident.${change.kind}`, ref.id, factsOf(ref, change), 'incident'),
    ),
  );
  await insertRows(
    tx,
    'outbox',
    after.map(({ ref }) => outboxRow(ref, now, 'incident.changed')),
  );
}

/** Free text is for the history alone. */
function factsOf(ref: { readonly version: number }, { data }: Change) {
  const { text: _text, reason: _reason, ...facts } = data;
  return { ...facts, version: ref.version };
}

async function writeTriage(
  tx: RecordsTx,
  table: 'alerts' | 'incidents',
  tenant: string,
  decided: readonly Decided<Triage & { readonly id: string }>[],
  now: Instant,
): Promise<void> {
  if (decided.length === 0) return;
  const rows = decided.map(({ row, change }) => {
    const after = { ...row, ...change.patch };
    return {
      id: row.id,
      ...Object.fromEntries(triageColumns.map((column) => [column, written(after[column])])),
    };
  });
  await sql`
    update ${sql.table(table)} a set
      status = t.status, verdict = t.verdict, owner_id = t.owner_id, owner_name = t.owner_name,
      waiting_for = t.waiting_for, waiting_until = t.waiting_until, acknowledged_at = t.acknowledged_at,
      closed_at = t.closed_at, updated_at = ${new Date(now)}, version = a.version + 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(
      id text, status text, verdict text, owner_id text, owner_name text, waiting_for text,
      waiting_until timestamptz, acknowledged_at timestamptz, closed_at timestamptz)
    where a.tenant = ${tenant} and a.id = t.id`.execute(tx);
}

function written(value: string | Date | null): string | null {
  return value instanceof Date ? toIso(value.getTime()) : value;
}

export function oneAlert(db: RecordsDb, tenant: string, id: string) {
  const number = keyNumber(id);
  const query = db.selectFrom('alerts').selectAll().where('tenant', '=', tenant);
  return number === null ? query.where('id', '=', pgText(id)) : query.where('number', '=', number);
}

export function oneIncident(db: RecordsDb, tenant: string, id: string) {
  const number = incidentNumber(id);
  const query = db.selectFrom('incidents').selectAll().where('tenant', '=', tenant);
  return number === null ? query.where('id', '=', pgText(id)) : query.where('number', '=', number);
}

export function notFound(id: string): AppError {
  return new AppError('E_NOT_FOUND', `no alert ${id}`);
}

export function noIncident(id: string): AppError {
  return new AppError('E_NOT_FOUND', `no incident ${id}`);
}

export function keyOf(kind: RowKind, number: number): string {
  return kind === 'incident' ? incidentKey(number) : alertKey(number);
}
