/** The queue: one row an incident or a lone alert. */
import type { Standing } from './alert.ts';

export const rowKinds = ['incident', 'alert'] as const;
export type RowKind = (typeof rowKinds)[number];

/** A value as filters name it, with what people read. */
export interface Labelled {
  readonly id: string;
  readonly name: string;
}

export interface QueueRow extends Standing {
  readonly kind: RowKind;
  readonly id: string;
  readonly key: string;
  readonly title: string;
  /** Why an incident's alerts are one; '' for a lone alert. */
  readonly reason: string;
  readonly alerts: number;
  readonly detections: number;
  /** At most ten of each; the counts beside them are complete. */
  readonly rules: readonly Labelled[];
  readonly hosts: readonly Labelled[];
  readonly users: readonly Labelled[];
  readonly sources: readonly string[];
  readonly tags: readonly string[];
  readonly ruleCount: number;
  readonly hostCount: number;
  readonly userCount: number;
}

export const facetNames = [
  'status',
  'owner',
  'severity',
  'kind',
  'rule',
  'host',
  'user',
  'source',
  'tag',
] as const;
export type FacetName = (typeof facetNames)[number];

export const groupFields = ['rule', 'host', 'user', 'source', 'tag', 'severity', 'status', 'owner'] as const;
export type GroupField = (typeof groupFields)[number];

export const timeBases = ['alert', 'event'] as const;
/** `alert`: when a row was made here. `event`: when what it tells of happened last. */
export type TimeBasis = (typeof timeBases)[number];

export const queueSorts = ['priority', 'newest', 'event'] as const;
export type QueueSort = (typeof queueSorts)[number];
