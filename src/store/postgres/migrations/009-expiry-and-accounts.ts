/** Migration 9: detections that opened no alert are found by their age; when an entity was last called by its name. */
import type { Migration } from '../migrate.ts';

export const expiryAndAccounts: Migration = {
  name: '009-expiry-and-accounts',
  sql: `
create index detections_without_alert on detections (created_at) where outcome <> 'alert';
alter table entities add column named_at timestamptz;`,
};
