/** Migration 5: what is expected of a source, and since when it is silent. */
import type { Migration } from '../migrate.ts';

export const sourceWatch: Migration = {
  name: '005-source-watch',
  sql: `
create table source_watch (
  tenant text not null, source text not null,
  expect text not null check (expect in ('auto', 'off', 'set')),
  pause_ms bigint, silent_since timestamptz,
  version int not null,
  primary key (tenant, source),
  check ((expect = 'set') = (pause_ms is not null))
);`,
};
