/** An incident: alerts that belong together, until a person says otherwise. */
import type { Instant } from '../base/clock.ts';
import type { Standing } from './alert.ts';
import type { EntityRef } from './entity.ts';
import type { IncidentId } from './ids.ts';

/** `automatic`: alerts of one entity close in time. `manual`: a person made it. */
export type IncidentOrigin = 'automatic' | 'manual';

export interface IncidentSummary extends Standing {
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
  readonly alerts: number;
  readonly acknowledgedAt: Instant | null;
  readonly closedAt: Instant | null;
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
