/** The memory of stateful rules in the records store: states at a position of the cursor, and the log since then. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Instant } from '../base/clock.ts';
import { mainTenant, type TenantId } from '../model/ids.ts';
import type { Records, RecordsTx } from '../store/records.ts';
import type { BatchObservation, ObservedBatch } from './observations.ts';

/** What one rule remembers for one tenant. */
export interface StoredState {
  readonly tenant: TenantId;
  readonly id: string;
  readonly hash: string;
  readonly body: Uint8Array;
}

/** A batch as it goes into the log. */
export interface LogRow {
  readonly tenant: TenantId;
  readonly receivedAt: Instant;
  readonly body: Buffer;
}

type Db = Records['db'];

const deflate = promisify(gzip);
const inflate = promisify(gunzip);
/** A state is cut into rows of this many bytes: the embedded engine holds a statement in memory several times. */
const partBytes = 1 << 20;
const page = 200;

/** All states; null when they were written at a later position than `cursor`. */
export async function readStates(db: Db, cursor: number): Promise<readonly StoredState[] | null> {
  const bodies = new Map<string, { state: Omit<StoredState, 'body'>; parts: Buffer[] }>();
  for (let after = { tenant: '', rule: '', part: -1 }; ; ) {
    const rows = await db
      .selectFrom('correlation_states')
      .selectAll()
      .where((eb) =>
        eb(eb.refTuple('tenant', 'rule_id', 'part'), '>', eb.tuple(after.tenant, after.rule, after.part)),
      )
      .orderBy('tenant')
      .orderBy('rule_id')
      .orderBy('part')
      .limit(page)
      .execute();
    for (const { tenant, rule_id: id, rule_hash: hash, seq, body } of rows) {
      if (seq > cursor) return null;
      const key = JSON.stringify([tenant, id]);
      const one = bodies.get(key) ?? { state: { tenant: tenant as TenantId, id, hash }, parts: [] };
      one.parts.push(body);
      bodies.set(key, one);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) break;
    after = { tenant: last.tenant, rule: last.rule_id, part: last.part };
  }
  return [...bodies.values()].map(({ state, parts }) => ({ ...state, body: Buffer.concat(parts) }));
}

/** The batches of the log up to `cursor`, in the order of their sequence, each with its size in the log. */
export async function* readLog(
  db: Db,
  cursor: number,
): AsyncGenerator<{ readonly batch: Omit<ObservedBatch, 'seq'>; readonly bytes: number }, void, void> {
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom('correlation_log')
      .selectAll()
      .where('seq', '>', after)
      .where('seq', '<=', cursor)
      .orderBy('seq')
      .limit(page)
      .execute();
    for (const row of rows) {
      const text = (await inflate(row.body)).toString('utf8');
      const observations = JSON.parse(text) as readonly BatchObservation[];
      yield { batch: { receivedAt: row.received_at.getTime(), observations }, bytes: row.body.length };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = last.seq;
  }
}

export async function logRowOf({ receivedAt, observations }: ObservedBatch): Promise<LogRow> {
  const tenant = observations[0]?.tenant ?? mainTenant;
  return { tenant, receivedAt, body: await deflate(JSON.stringify(observations)) };
}

/** A row that is there already is of the same batch: the cursor was set back. */
export async function writeLogRow(tx: RecordsTx, seq: number, row: LogRow): Promise<void> {
  const { tenant, receivedAt, body } = row;
  await tx
    .insertInto('correlation_log')
    .values({ tenant, seq, received_at: new Date(receivedAt), body })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Puts states in place of what was there, the log included. Returns their bytes. */
export async function writeStates(
  tx: RecordsTx,
  seq: number,
  states: Iterable<StoredState>,
): Promise<number> {
  await tx.deleteFrom('correlation_states').execute();
  await tx.deleteFrom('correlation_log').execute();
  let bytes = 0;
  for (const { tenant, id, hash, body } of states) {
    bytes += body.length;
    for (let part = 0; part * partBytes < body.length; part += 1) {
      const slice = Buffer.from(body.subarray(part * partBytes, (part + 1) * partBytes));
      await tx
        .insertInto('correlation_states')
        .values({ tenant, rule_id: id, rule_hash: hash, seq, part, body: slice })
        .execute();
    }
  }
  return bytes;
}
