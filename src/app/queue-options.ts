/** The fold's policy as the configuration gives it. */
import type { FoldPolicy } from '../features/alerts/index.ts';
import type { Config } from './config.ts';

export function foldPolicy({ alerts }: Pick<Config, 'alerts'>): FoldPolicy {
  return {
    foldGapMs: alerts.foldGap,
    foldMaxMs: alerts.foldMax,
    floodCap: alerts.floodCap,
    incidentGapMs: alerts.incidentGap,
    incidentMaxMs: alerts.incidentMax,
    incidentMaxAlerts: alerts.incidentMaxAlerts,
  };
}
