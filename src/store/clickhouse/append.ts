/** Writing: one INSERT, one block, one part for the batches of a day, and never twice. */
import { createHash } from 'node:crypto';
import type { AppendBatch } from '../events.ts';
import type { EngineClient, Settings } from './engine.ts';
import { explained } from './errors.ts';

/**
 * An insert is all-or-none only as a single block: so no parallel parser that cuts the text, and
 * block limits far above what a caller sends. Bad escapes (a lone surrogate in a field) are kept as
 * their text, because a record that the engine refuses would hold up all that come after it.
 */
const oneBlock: Settings = {
  async_insert: 0,
  input_format_parallel_parsing: 0,
  max_insert_threads: 1,
  max_insert_block_size: 10_000_000,
  min_insert_block_size_rows: 10_000_000,
  min_insert_block_size_bytes: 8_000_000_000,
  date_time_input_format: 'best_effort',
  input_format_skip_unknown_fields: 0,
  input_format_json_throw_on_bad_escape_sequence: 0,
};

/** Inserts batches in order; those of one day of receipt together, since a day is a part of its own. */
export async function append(
  writer: EngineClient,
  table: string,
  batches: readonly AppendBatch[],
): Promise<void> {
  for (const group of byDay(batches)) {
    const first = group[0]?.seq ?? 0;
    const last = group.at(-1)?.seq ?? first;
    const what = first === last ? `storing batch ${first}` : `storing batches ${first} to ${last}`;
    await explained({ what }, () => insertRows(writer, table, concat(group), token(group)));
  }
}

/** Stores NDJSON rows as one block. With the same `dedupe` token again, it stores nothing. */
export async function insertRows(
  writer: EngineClient,
  table: string,
  rows: Uint8Array,
  dedupe: string,
): Promise<void> {
  await writer.insert(table, rows, { ...oneBlock, insert_deduplication_token: dedupe });
}

/** Runs of batches whose rows were received on the same UTC day. Batches without rows store nothing. */
function byDay(batches: readonly AppendBatch[]): AppendBatch[][] {
  const groups: AppendBatch[][] = [];
  let day = '';
  for (const batch of batches) {
    if (batch.count === 0) continue;
    const its = dayOf(batch);
    if (its !== day || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(batch);
    day = its;
  }
  return groups;
}

function dayOf({ seq, rows }: AppendBatch): string {
  const end = rows.indexOf(0x0a);
  const line = Buffer.from(rows.buffer, rows.byteOffset, end === -1 ? rows.byteLength : end).toString('utf8');
  const received = (JSON.parse(line) as { readonly received?: unknown }).received;
  if (typeof received !== 'string') throw new Error(`batch ${seq}: a row without its time of receipt`);
  return received.slice(0, 10);
}

function concat(group: readonly AppendBatch[]): Uint8Array {
  const only = group[0];
  if (group.length === 1 && only !== undefined) return only.rows;
  const newline = Buffer.from('\n');
  return Buffer.concat(group.flatMap(({ rows }) => (rows.at(-1) === 0x0a ? [rows] : [rows, newline])));
}

function token(group: readonly AppendBatch[]): string {
  const hash = createHash('sha256');
  for (const { seq, count } of group) hash.update(`${seq}:${count},`);
  return hash.digest('hex').slice(0, 32);
}
