/** Alerts: detections folded into units of triage, and what people decide about them. */
export { type AlertContext, alertContext } from './context.ts';
export { unlistedEntities } from './entity-rows.ts';
export { foldDetections } from './fold.ts';
export { createIncidents } from './incidents.ts';
export { noteVisibility, raiseVisibilityAlert, type VisibilityAlert } from './manual.ts';
export { defaultFoldPolicy, type FoldPolicy } from './policy.ts';
export {
  buildProcessTree,
  isStart,
  type ProcessEvent,
  type ProcessNode,
  processOf,
} from './process-tree.ts';
export { createQueue } from './queue.ts';
export type { QueueService } from './queue-types.ts';
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
  IncidentsService,
  OwnerIdentity,
  RuleFacts,
} from './types.ts';
export {
  dayMs,
  hourMs,
  parentOfStart,
  type Unseen,
  type UnseenFacts,
  type UnseenLink,
  unseenOf,
} from './unseen.ts';
export { wakeDue } from './wake.ts';
