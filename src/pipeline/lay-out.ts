/** Records one after the other, as batches hold them. */

/** A buffer of its own, so that a thread can be given it, and offsets: where record `i` begins and ends stands at `2 * i`. */
export function layOut(records: readonly Uint8Array[]): {
  readonly buffer: Uint8Array;
  readonly offsets: Uint32Array;
} {
  const buffer = Buffer.allocUnsafeSlow(records.reduce((sum, record) => sum + record.length, 0));
  const offsets = new Uint32Array(records.length * 2);
  let at = 0;
  for (const [i, record] of records.entries()) {
    buffer.set(record, at);
    offsets[2 * i] = at;
    at += record.length;
    offsets[2 * i + 1] = at;
  }
  return { buffer, offsets };
}
