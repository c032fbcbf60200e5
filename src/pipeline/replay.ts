/** Stored records back to batches, so that a consumer can go on from its cursor. */
import type { UnparsedReason } from '../model/batch.ts';
import type { EventId, TenantId } from '../model/ids.ts';
import type { StoredRecord } from '../store/events.ts';
import { layOut } from './lay-out.ts';
import type { BatchInput } from './process.ts';

export interface ReplayBatch {
  readonly tenant: TenantId;
  readonly context: string;
  readonly batch: Omit<BatchInput, 'context'>;
}

/** One batch for each run of records of one seq, tenant and context; order is kept. */
export function replayBatches(stored: readonly StoredRecord[]): readonly ReplayBatch[] {
  const batches: ReplayBatch[] = [];
  let run: StoredRecord[] = [];
  const close = (): void => {
    if (run.length > 0) batches.push(toBatch(run));
    run = [];
  };
  for (const record of stored) {
    const first = run[0];
    if (
      first !== undefined &&
      (first.seq !== record.seq || first.context !== record.context || first.tenant !== record.tenant)
    )
      close();
    run.push(record);
  }
  close();
  return batches;
}

function toBatch(run: readonly StoredRecord[]): ReplayBatch {
  const [first] = run as readonly [StoredRecord, ...StoredRecord[]];
  const flaws = new Map<number, UnparsedReason>();
  const ids: EventId[] = [];
  run.forEach((record, i) => {
    ids.push(record.eventId);
    // Flaws of framing are facts about the bytes as they came; everything else is read afresh.
    if (record.unparsed === 'record_too_long' || record.unparsed === 'invalid_utf8')
      flaws.set(i, record.unparsed);
  });
  return {
    tenant: first.tenant,
    context: first.context,
    batch: {
      seq: first.seq,
      receivedAt: first.receivedAt,
      ...layOut(run.map(({ raw }) => raw)),
      ids,
      flaws,
      skip: new Set(),
      indexes: run.map((record) => record.idx),
    },
  };
}
