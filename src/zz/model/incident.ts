/** An incident: alerts that belong together, until a person says otherwise. */
import type { Instant } from '../base/clock.ts';
import type { AlertStatus, Verdict, Waiting } from './alert.ts';
import type { EntityRef } from './entity.ts';
import type { IncidentId } from './ids.ts';
import type { PriorityReason } from './priority.ts';
import type { Severity } from './severity.ts';

/** `automatic`: alerts of one entity close in time. `manual`: a person made it. */
export type IncidentOrigin = 'automatic' | 'manual';

export interface IncidentSummary {
  readonly id: IncidentId;
  /** Display key, `INC-7`. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly origin: IncidentOrigin;
  /** Why its alerts are one: `3 rules on WORKSTATION5 within 12 min`. */
  readonly reason: string;
  /** The entities that its alerts share. */
  readonly entities: readonly EntityRef[];
  readonly severity: Severity;
  readonly priority: number;
  readonly priorityReasons: readonly PriorityReason[];
  readonly status: AlertStatus;
  readonly waiting: Waiting | null;
  readonly verdict: Verdict | null;
  readonly owner: string | null;
  readonly ownerName: string | null;
  readonly alerts: number;
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly version: number;
}

export const incidentHistoryKinds = [
  'created',
  'alerts_added',
  'alerts_removed',
  'renamed',
  'assigned',
  'unassigned',
  'acknowledged',
  'waiting',
  'woke',
  'commented',
  'closed',
  'reopened',
  'undone',
] as const;
export type IncidentHistoryKind = (typeof incidentHistoryKinds)[number];
