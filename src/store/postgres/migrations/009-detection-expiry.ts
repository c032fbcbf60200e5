/** Migration 9: detections that opened no alert are found by their age. */
import type { Migration } from '../migrate.ts';

export const detectionExpiry: Migration = {
  name: '009-detection-expiry',
  sql: `
create index detections_without_alert on detections (created_at) where outcome <> 'alert';`,
};
