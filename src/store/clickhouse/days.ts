/** Whole days of receipt: dropped when they expire, streamed out for a backup, taken back. */

import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { DayRange, ExportedDay } from '../events.ts';
import { insertRows } from './append.ts';
import { columnNames } from './ddl.ts';
import { allRows, type EngineClient, type EngineClients, settingsClause } from './engine.ts';
import { explain } from './errors.ts';

/** Size of one insert of an import, before it is cut at a line's end. */
const importBytes = 16 * 1024 * 1024;

interface Day {
  /** `YYYYMMDD`, as the engine names the partition. */
  readonly partition: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
}

async function days(client: EngineClient, database: string): Promise<readonly Day[]> {
  const rows = await allRows<{ partition: string }>(
    client,
    "SELECT DISTINCT partition_id AS partition FROM system.parts WHERE active AND database = {database:String} AND table = 'events' ORDER BY partition",
    { database },
  );
  return rows.map(({ partition }) => {
    if (!/^\d{8}$/.test(partition)) throw new Error(`unexpected partition ${partition}`);
    const day = `${partition.slice(0, 4)}-${partition.slice(4, 6)}-${partition.slice(6)}`;
    return { partition, day };
  });
}

export async function expire(
  admin: EngineClient,
  database: string,
  before: string,
  held: readonly DayRange[],
): Promise<readonly string[]> {
  const dropped: string[] = [];
  for (const { partition, day } of await days(admin, database)) {
    if (day >= before || held.some(({ from, to }) => from <= day && day <= to)) continue;
    await admin.run(`ALTER TABLE ${database}.events DROP PARTITION ID '${partition}'`);
    dropped.push(day);
  }
  return dropped;
}

export async function* exportDays(
  clients: EngineClients,
  database: string,
  upTo: number,
): AsyncGenerator<ExportedDay, void, void> {
  const where = '_partition_id = {partition:String} AND seq <= {upTo:UInt64}';
  for (const { partition, day } of await days(clients.admin, database)) {
    const params = { partition, upTo };
    const [counted] = await allRows<{ rows: number }>(
      clients.hunter,
      `SELECT count() AS rows FROM ${database}.events WHERE ${where}`,
      params,
    );
    const rows = counted?.rows ?? 0;
    if (rows === 0) continue;
    // In the order of the sorting key, so that no day is sorted in memory; as `append` takes rows.
    const sql = `SELECT ${columnNames.join(', ')} FROM ${database}.events WHERE ${where} ORDER BY tenant, source, received, seq, idx${settingsClause(
      { optimize_read_in_order: 1, max_block_size: 4_096, date_time_output_format: 'iso' },
    )}`;
    yield { day, rows, data: gzipped(clients.hunter.ndjson(sql, params)) };
  }
}

async function* gzipped(text: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, void> {
  const zipped = pipeline(Readable.from(text), createGzip({ level: 1 }), noteEnd);
  try {
    yield* zipped as AsyncIterable<Buffer>;
  } catch (thrown) {
    throw explain(thrown, { what: 'exporting' });
  }
}

/** The error reaches the reader through the stream itself. */
function noteEnd(): void {}

/** Takes gzip of NDJSON rows, inserts it piece by piece. Returns rows stored. */
export async function importDay(
  writer: EngineClient,
  table: string,
  data: AsyncIterable<Uint8Array>,
): Promise<number> {
  let count = 0;
  const text = pipeline(Readable.from(data), createGunzip(), noteEnd) as AsyncIterable<Buffer>;
  for await (const piece of pieces(text)) {
    const token = createHash('sha256').update(piece).digest('hex').slice(0, 32);
    await insertRows(writer, table, piece, token);
    for (const byte of piece) if (byte === 0x0a) count++;
  }
  return count;
}

/** Re-cuts bytes into pieces of whole lines. */
async function* pieces(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of text) {
    held.push(chunk);
    size += chunk.length;
    const end = chunk.lastIndexOf(0x0a);
    if (size < importBytes || end === -1) continue;
    const rest = chunk.subarray(end + 1);
    held[held.length - 1] = chunk.subarray(0, end + 1);
    yield Buffer.concat(held);
    held = [rest];
    size = rest.length;
  }
  if (size > 0) yield Buffer.concat(held);
}
