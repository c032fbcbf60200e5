/** One change to many rows in one transaction, what is stale left and told; and taking it back. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { RowKind } from '../../model/queue.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { keyOf, writeAlerts, writeIncidents } from './change.ts';
import { chunks } from './journal.ts';
import type { BulkReport, RowRef, UnchangedItem } from './queue-types.ts';
import { refresh } from './refresh.ts';
import { toQueueRow } from './rows.ts';
import { type Change, restore, type Triage, triageColumns, type Verb } from './verbs.ts';

interface Subject {
  readonly kind: RowKind;
  readonly row: Triage & Pick<Row<'alerts'>, 'id' | 'number' | 'version'>;
}

/** An item of an operation as it is kept for undo. */
interface Kept {
  readonly kind: RowKind;
  readonly id: string;
  readonly number: number;
  /** After the change. */
  readonly version: number;
  readonly before: Readonly<Record<(typeof triageColumns)[number], string | null>>;
  /** The incident whose closing closed it, before the change. */
  readonly closedWith: string | null;
}

export interface BulkAsk {
  readonly actor: Actor;
  readonly now: Instant;
  readonly action: string;
  readonly items: readonly RowRef[];
  readonly verb: Verb;
  /** Which alerts of a changed incident get the same. */
  readonly members: (member: Row<'alerts'>, incident: string) => boolean;
}

/** Operations older than this are forgotten. */
const undoForMs = 24 * 3_600_000;

export async function bulkChange(records: Pick<Records, 'transaction'>, ask: BulkAsk): Promise<BulkReport> {
  return await records.transaction(async (tx) => {
    const found = await lockSubjects(tx, ask.actor.tenant, ask.items);
    const unchanged: Omit<UnchangedItem, 'current'>[] = [];
    const decided: { subject: Subject; change: Change }[] = [];
    for (const item of ask.items) {
      const subject = found.get(`${item.kind}:${item.id}`);
      const outcome = decideItem(item, subject, ask.verb);
      if ('code' in outcome) unchanged.push(outcome);
      else if (subject !== undefined) decided.push({ subject, change: outcome.change });
    }
    const taken = new Set(decided.map(({ subject }) => `${subject.kind}:${subject.row.id}`));
    for (const row of await membersToo(tx, ask, decided)) {
      if (taken.has(`alert:${row.id}`)) continue;
      const change = ask.verb(row, keyOf('alert', row.number));
      if (change !== null) decided.push({ subject: { kind: 'alert', row }, change });
    }
    return await apply(tx, ask, decided, unchanged);
  });
}

function decideItem(
  item: RowRef,
  subject: Subject | undefined,
  verb: Verb,
): { readonly change: Change } | Omit<UnchangedItem, 'current'> {
  const { kind, id } = item;
  if (subject === undefined) return { kind, id, key: id, code: 'E_NOT_FOUND', reason: `no ${kind} ${id}` };
  const key = keyOf(kind, subject.row.number);
  if (subject.row.version !== item.version) {
    const reason = `${key} was changed meanwhile: you saw version ${item.version}, it is at ${subject.row.version}`;
    return { kind, id, key, code: 'E_CONFLICT', reason };
  }
  try {
    const change = verb(subject.row, key);
    return change === null
      ? { kind, id, key, code: 'E_UNCHANGED', reason: `${key} is so already` }
      : { change };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { kind, id, key, code: thrown.code, reason: thrown.message };
  }
}

async function membersToo(
  tx: RecordsTx,
  ask: BulkAsk,
  decided: readonly { readonly subject: Subject }[],
): Promise<readonly Row<'alerts'>[]> {
  const incidents = decided.flatMap(({ subject }) => (subject.kind === 'incident' ? [subject.row.id] : []));
  if (incidents.length === 0) return [];
  const rows = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', ask.actor.tenant)
    .where('incident_id', '=', sql<string>`any(${incidents}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.filter((row) => ask.members(row, row.incident_id ?? ''));
}

async function apply(
  tx: RecordsTx,
  { actor, now, action }: Pick<BulkAsk, 'actor' | 'now' | 'action'>,
  decided: readonly { readonly subject: Subject; readonly change: Change }[],
  unchanged: readonly Omit<UnchangedItem, 'current'>[],
): Promise<BulkReport> {
  const { tenant } = actor;
  const of = (kind: RowKind) =>
    decided.flatMap(({ subject, change }) => (subject.kind === kind ? [{ row: subject.row, change }] : []));
  const [alerts, incidents] = [of('alert'), of('incident')];
  const marks = await closingMarks(
    tx,
    tenant,
    alerts.map(({ row }) => row.id),
  );
  await writeAlerts(tx, tenant, alerts, actor, now);
  await writeIncidents(tx, tenant, incidents, actor, now);
  await markClosedWith(
    tx,
    tenant,
    alerts,
    incidents.map(({ row }) => row.id),
  );
  await refresh(tx, tenant, now, {
    alerts: alerts.map(({ row }) => row.id),
    incidents: incidents.map(({ row }) => row.id),
  });
  const refs = decided.map(({ subject }) => ({ kind: subject.kind, id: subject.row.id, version: 0 }));
  const after = await lockSubjects(tx, tenant, refs);
  const kept = decided.map(
    ({ subject: { kind, row } }): Kept => ({
      kind,
      id: row.id,
      number: row.number,
      version: after.get(`${kind}:${row.id}`)?.row.version ?? row.version + 1,
      before: beforeOf(row),
      closedWith: marks.get(row.id) ?? null,
    }),
  );
  return {
    operation: kept.length === 0 ? null : await keep(tx, actor, action, kept, now),
    changed: kept.map(({ kind, id, version, number }) => ({ kind, id, version, key: keyOf(kind, number) })),
    unchanged: await withCurrent(tx, tenant, unchanged),
  };
}

/** What an alert was closed with is for its incident's reopening. */
async function markClosedWith(
  tx: RecordsTx,
  tenant: string,
  alerts: readonly { readonly row: Subject['row']; readonly change: Change }[],
  incidents: readonly string[],
): Promise<void> {
  const closed = alerts.filter(({ change }) => change.kind === 'closed').map(({ row }) => row.id);
  if (closed.length === 0) return;
  await sql`
    update alerts set closed_with = case when incident_id = any(${incidents}::text[]) then incident_id end
    where tenant = ${tenant} and id = any(${closed}::text[])`.execute(tx);
}

async function closingMarks(tx: RecordsTx, tenant: string, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, string | null>();
  const rows = await tx
    .selectFrom('alerts')
    .select(['id', 'closed_with'])
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return new Map<string, string | null>(rows.map((row) => [row.id, row.closed_with]));
}

function beforeOf(row: Triage): Kept['before'] {
  const before: Partial<Record<(typeof triageColumns)[number], string | null>> = {};
  for (const column of triageColumns) {
    const value = row[column];
    before[column] = value instanceof Date ? value.toISOString() : value;
  }
  return before as Kept['before'];
}

async function keep(
  tx: RecordsTx,
  actor: Actor,
  action: string,
  items: readonly Kept[],
  now: Instant,
): Promise<string> {
  const id = uuidv7(now);
  await tx
    .deleteFrom('operations')
    .where('at', '<', new Date(now - undoForMs))
    .execute();
  await tx
    .insertInto('operations')
    .values({
      tenant: actor.tenant,
      id,
      actor_id: actor.id,
      at: new Date(now),
      action,
      items: JSON.stringify(items),
      undone_at: null,
    })
    .execute();
  return id;
}

export async function undoOperation(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  id: string,
  now: Instant,
): Promise<BulkReport> {
  return await records.transaction(async (tx) => {
    const operation = await tx
      .selectFrom('operations')
      .selectAll()
      .where('tenant', '=', actor.tenant)
      .where('id', '=', pgText(id))
      .where('actor_id', '=', actor.id)
      .forUpdate()
      .executeTakeFirst();
    if (operation === undefined) throw new AppError('E_NOT_FOUND', `no change of yours ${id} to take back`);
    if (operation.undone_at !== null) throw new AppError('E_CONFLICT', 'this change was taken back before');
    const items = operation.items as readonly Kept[];
    const found = await lockSubjects(tx, actor.tenant, items);
    const decided: { subject: Subject; change: Change }[] = [];
    const unchanged: Omit<UnchangedItem, 'current'>[] = [];
    for (const item of items) {
      const subject = found.get(`${item.kind}:${item.id}`);
      const outcome = decideItem(item, subject, restore(triageOf(item.before), operation.action));
      if ('code' in outcome) unchanged.push(outcome);
      else if (subject !== undefined) decided.push({ subject, change: outcome.change });
    }
    await tx
      .updateTable('operations')
      .set({ undone_at: new Date(now) })
      .where('tenant', '=', actor.tenant)
      .where('id', '=', operation.id)
      .execute();
    await restoreMarks(tx, actor.tenant, items, decided);
    return await apply(tx, { actor, now, action: 'undo' }, decided, unchanged);
  });
}

async function restoreMarks(
  tx: RecordsTx,
  tenant: string,
  items: readonly Kept[],
  decided: readonly { readonly subject: Subject }[],
): Promise<void> {
  const ids = new Set(decided.map(({ subject }) => subject.row.id));
  const marks = items
    .filter((item) => item.kind === 'alert' && ids.has(item.id))
    .map(({ id, closedWith }) => ({ id, closed_with: closedWith }));
  if (marks.length === 0) return;
  await sql`
    update alerts a set closed_with = t.closed_with
    from jsonb_to_recordset(${JSON.stringify(marks)}::jsonb) as t(id text, closed_with text)
    where a.tenant = ${tenant} and a.id = t.id`.execute(tx);
}

function triageOf(before: Kept['before']): Triage {
  const at = (text: string | null) => (text === null ? null : new Date(text));
  return {
    status: before.status ?? 'new',
    verdict: before.verdict,
    owner_id: before.owner_id,
    owner_name: before.owner_name,
    waiting_for: before.waiting_for,
    waiting_until: at(before.waiting_until),
    acknowledged_at: at(before.acknowledged_at),
    closed_at: at(before.closed_at),
  };
}

/** Alerts before incidents, each in the order of its ids: as the fold locks them. */
async function lockSubjects(
  tx: RecordsTx,
  tenant: string,
  items: readonly Pick<RowRef, 'kind' | 'id'>[],
): Promise<ReadonlyMap<string, Subject>> {
  const found = new Map<string, Subject>();
  for (const kind of ['alert', 'incident'] as const) {
    const table = kind === 'alert' ? 'alerts' : 'incidents';
    const ids = items.filter((item) => item.kind === kind).map((item) => pgText(item.id));
    for (const part of chunks(ids, 1_000)) {
      const rows = await tx
        .selectFrom(table)
        .select(['id', 'number', 'version', ...triageColumns])
        .where('tenant', '=', tenant)
        .where('id', '=', sql<string>`any(${part}::text[])`)
        .orderBy('id')
        .forUpdate()
        .execute();
      for (const row of rows) found.set(`${kind}:${row.id}`, { kind, row });
    }
  }
  return found;
}

async function withCurrent(
  tx: RecordsTx,
  tenant: string,
  items: readonly Omit<UnchangedItem, 'current'>[],
): Promise<readonly UnchangedItem[]> {
  if (items.length === 0) return [];
  const rows = await tx
    .selectFrom('queue_rows')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${items.map((item) => pgText(item.id))}::text[])`)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, toQueueRow(row)]));
  return items.map((item) => ({ ...item, current: byId.get(item.id) ?? null }));
}
