/** What the events of a batch say to the stateful rules: made by the worker, taken by the consumer. */
import type { Instant } from '../base/clock.ts';
import type { Observation } from '../lang/sigma/index.ts';
import type { TenantId } from '../model/ids.ts';

export interface BatchObservation extends Observation {
  readonly tenant: TenantId;
  /** Of the stateful rule's document: observations for another version of it are passed over. */
  readonly hash: string;
}

export interface ObservedBatch {
  readonly seq: number;
  readonly receivedAt: Instant;
  readonly observations: readonly BatchObservation[];
}
