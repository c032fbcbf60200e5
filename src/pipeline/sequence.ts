/** The ingest sequence: numbers that only grow, reserved from the records store in blocks (ADR 2). */
import type { Records } from '../store/records.ts';

export interface Sequence {
  /** The next number; waits only when a block is used up. */
  next(): Promise<number>;
}

const blockSize = 1_000;
const name = 'ingest';

/** `floor`: highest number seen in the event store, in case the records are from an older backup. */
export async function openSequence(records: Records, floor: number): Promise<Sequence> {
  let current = 0;
  let end = 0;
  let reserving: Promise<void> | null = null;

  async function reserve(): Promise<void> {
    const row = await records.db
      .insertInto('sequences')
      .values({ name, reserved_to: floor + blockSize })
      .onConflict((c) =>
        c.column('name').doUpdateSet((eb) => ({
          reserved_to: eb(
            eb.fn<number>('greatest', ['sequences.reserved_to', eb.val(floor)]),
            '+',
            blockSize,
          ),
        })),
      )
      .returning('reserved_to')
      .executeTakeFirstOrThrow();
    end = row.reserved_to;
    current = end - blockSize;
  }

  await reserve();
  return {
    async next() {
      while (current >= end) {
        reserving ??= reserve().finally(() => {
          reserving = null;
        });
        await reserving;
      }
      current += 1;
      return current;
    },
  };
}
