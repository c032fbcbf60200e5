/** What the main thread and the pipeline's worker say to each other. */
import type { FilterReading } from '../lang/sigma/index.ts';
import type { ActiveStateful, RefusedActive } from './active-rules.ts';
import type { ActiveRule } from './evaluate.ts';
import type { BatchInput, ProcessedBatch } from './process.ts';
import type { TimeRange } from './rows.ts';
import type { RuleCacheOptions } from './rule-cache.ts';

export interface WorkerData {
  /** content/mappings as YAML text. */
  readonly mappings: string;
  readonly range: TimeRange;
  /** What the condition of a filter means; `require` by default. */
  readonly filterReading?: FilterReading;
  /** Where rules that were read once are kept; without it, every start reads all of them. */
  readonly cache?: RuleCacheOptions;
}

export type WorkerRequest =
  | { readonly kind: 'rules'; readonly rules: readonly ActiveRule[] }
  | { readonly kind: 'batch'; readonly batch: BatchInput; readonly rows: boolean };

export type WorkerAnswer =
  | {
      readonly kind: 'rules';
      readonly size: number;
      readonly refused: readonly RefusedActive[];
      readonly stateful: readonly ActiveStateful[];
    }
  | { readonly kind: 'batch'; readonly batch: ProcessedBatch };
