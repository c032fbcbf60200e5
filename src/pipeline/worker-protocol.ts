/** What the main thread and the pipeline's worker say to each other. */
import type { RuleId } from '../model/ids.ts';
import type { ActiveRule } from './evaluate.ts';
import type { BatchInput, ProcessedBatch } from './process.ts';
import type { TimeRange } from './rows.ts';

export interface WorkerData {
  /** content/mappings as YAML text. */
  readonly mappings: string;
  readonly range: TimeRange;
}

export type WorkerRequest =
  | { readonly kind: 'rules'; readonly rules: readonly ActiveRule[] }
  | { readonly kind: 'batch'; readonly batch: BatchInput; readonly rows: boolean };

export type WorkerAnswer =
  | {
      readonly kind: 'rules';
      readonly size: number;
      readonly refused: readonly { readonly id: RuleId; readonly reason: string }[];
    }
  | { readonly kind: 'batch'; readonly batch: ProcessedBatch };
