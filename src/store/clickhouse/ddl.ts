/** The tables, as numbered, forward-only migrations. */
import type { EventRow } from '../events.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Statements that may be run again: a crash can fall between one and its record. */
  readonly statements: (database: string) => readonly string[];
}

type Column = keyof EventRow;

/**
 * Types and codecs of version 1. Numbers that rise slowly are stored as differences; `raw` takes
 * ZSTD, which costs next to nothing at insert and halves the size; text that repeats is
 * dictionary-coded.
 */
const eventColumns: Readonly<Record<Column, string>> = {
  tenant: 'LowCardinality(String)',
  source: 'LowCardinality(String)',
  received: "DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))",
  seq: 'UInt64 CODEC(Delta, ZSTD(1))',
  idx: 'UInt32 CODEC(Delta, ZSTD(1))',
  event_id: 'String CODEC(ZSTD(1))',
  time: "DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))",
  time_origin: 'LowCardinality(String)',
  context: 'LowCardinality(String)',
  parser: 'LowCardinality(String)',
  parser_version: 'UInt32',
  unparsed: 'LowCardinality(String)',
  raw: 'String CODEC(ZSTD(1))',
  raw_encoding: 'LowCardinality(String)',
  class_uid: 'UInt32 CODEC(ZSTD(1))',
  activity_id: 'UInt32 CODEC(ZSTD(1))',
  product: 'LowCardinality(String)',
  service: 'LowCardinality(String)',
  category: 'LowCardinality(String)',
  channel: 'LowCardinality(String)',
  event_code: 'LowCardinality(String)',
  host: 'LowCardinality(String)',
  user: 'LowCardinality(String)',
  src_ip: 'String CODEC(ZSTD(1))',
  dst_ip: 'String CODEC(ZSTD(1))',
  dst_port: 'UInt16 CODEC(ZSTD(1))',
  process: 'LowCardinality(String)',
  command_line: 'String CODEC(ZSTD(1))',
  parent_process: 'LowCardinality(String)',
  file: 'String CODEC(ZSTD(1))',
};

const createEvents = (database: string): string => `
CREATE TABLE IF NOT EXISTS ${database}.events (
  ${Object.entries(eventColumns)
    .map(([name, type]) => `${name} ${type}`)
    .join(',\n  ')},
  INDEX time_range time TYPE minmax GRANULARITY 1,
  INDEX seq_range seq TYPE minmax GRANULARITY 1,
  INDEX id_bloom event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(received)
ORDER BY (tenant, source, received, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000`;

export const migrations: readonly Migration[] = [
  { version: 1, name: 'events', statements: (database) => [createEvents(database)] },
];

/** Names in the order of the table. */
export const columnNames = Object.keys(eventColumns) as readonly Column[];
