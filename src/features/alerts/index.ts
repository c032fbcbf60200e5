/** Alerts: detections folded into units of triage, and what people decide about them. */
export { foldDetections } from './fold.ts';
export { entityOf } from './group.ts';
export { type AlertsDeps, createAlerts } from './service.ts';
export type {
  AlertCounts,
  AlertDetail,
  AlertPage,
  AlertQuery,
  AlertRule,
  AlertsService,
  FoldDeps,
  FoldReport,
  OwnerIdentity,
  RuleFacts,
} from './types.ts';
