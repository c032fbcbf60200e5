/** What the contract suite of the event store needs of an adapter's test, and rows to fill a store with. */
import { hashId } from '../../base/ids.ts';
import type { EventId, SourceId, TenantId } from '../../model/ids.ts';
import type { EngineClient } from '../clickhouse/engine.ts';
import type { EventStoreOptions } from '../clickhouse/store.ts';
import type { AppendBatch, EventRow, EventStore } from '../events.ts';

export interface EventStoreHarness {
  readonly store: EventStore;
  /** Looks at the engine, or tampers with it, past the store. */
  readonly probe: EngineClient;
  readonly database: string;
  /** Closes the store and opens it again on the same data, with other options if given. */
  reopen(options?: EventStoreOptions): Promise<EventStore>;
  /** Closes what is open and removes the data. */
  destroy(): Promise<void>;
}

export type OpenHarness = (options?: EventStoreOptions) => Promise<EventStoreHarness>;

export const tenant = 'main' as TenantId;
export const source = 'import' as SourceId;
export const receivedAt = Date.parse('2026-11-24T03:00:00.123Z');

export function eventId(seq: number, idx: number): EventId {
  return hashId(String(seq), String(idx)) as EventId;
}

/** A row with the place (seq, idx), unremarkable but for what is given. */
export function eventRow(seq: number, idx: number, given: Partial<EventRow> = {}): EventRow {
  return {
    tenant,
    source,
    received: new Date(receivedAt).toISOString(),
    seq,
    idx,
    event_id: eventId(seq, idx),
    time: new Date(receivedAt - 60_000 + seq * 1_000 + idx).toISOString(),
    time_origin: 'event',
    context: 'c'.repeat(32),
    parser: 'windows-json',
    parser_version: 1,
    unparsed: '',
    raw: `{"seq":${seq},"idx":${idx}}`,
    raw_encoding: 'utf8',
    class_uid: 1007,
    activity_id: 1,
    product: 'windows',
    service: 'security',
    category: 'process_creation',
    channel: 'Security',
    event_code: '4688',
    host: 'ws1.example',
    user: 'EXAMPLE\\ann',
    src_ip: '192.0.2.7',
    dst_ip: '2001:db8::1',
    dst_port: 443,
    process: 'C:\\Windows\\System32\\cmd.exe',
    command_line: 'cmd /c "whoami"',
    parent_process: 'explorer.exe',
    file: '',
    ...given,
  };
}

/** Batch `seq` of the given rows. */
export function batchOf(seq: number, rows: readonly Partial<EventRow>[]): AppendBatch {
  const lines = rows.map((given, idx) => JSON.stringify(eventRow(seq, idx, given)));
  return { seq, rows: Buffer.from(`${lines.join('\n')}\n`), count: rows.length };
}

/** `count` unremarkable rows. */
export function plain(count: number): Partial<EventRow>[] {
  return Array.from({ length: count }, () => ({}));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
