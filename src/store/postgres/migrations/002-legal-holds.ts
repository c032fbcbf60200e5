/** Migration 2: legal holds, which keep days of events from expiring, and the sweep of dispatched outbox rows. */
import type { Migration } from '../migrate.ts';

export const legalHolds: Migration = {
  name: '002-legal-holds',
  sql: `
create table legal_holds (
  tenant text not null, id text not null, reason text not null,
  from_day date not null, to_day date not null,
  created_by text not null, created_at timestamptz not null, released_at timestamptz,
  primary key (tenant, id),
  check (from_day <= to_day)
);
create index legal_holds_active on legal_holds (tenant, from_day, to_day) where released_at is null;
create index outbox_dispatched on outbox (dispatched_at) where dispatched_at is not null;`,
};
