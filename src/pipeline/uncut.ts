/** Where a batch may end without cutting an event that comes as several records (Linux audit). */

/** Records at the end of a batch that may be left for the next one. */
const maxLeft = 512;
/** The records of one event follow each other within milliseconds; auditd itself gives up after two seconds. */
const groupSeconds = 2;
const headBytes = 400;
const stamp = /audit\((\d{1,12})\.\d{3}:\d+\)/;

/**
 * How many records, from the first on, end before an event that may still grow: one that has no EOE record yet, and
 * no record two seconds later than it. All of them when no such event is there, or when the first of its records is
 * more than `maxLeft` back: an event is never waited for without bound.
 */
export function uncutCount(buffer: Buffer, offsets: readonly number[]): number {
  const count = offsets.length / 2;
  const open = new Map<string, { readonly first: number; readonly seconds: number }>();
  let latest = 0;
  for (let i = Math.max(0, count - maxLeft); i < count; i += 1) {
    const start = offsets[2 * i] ?? 0;
    const head = buffer.toString('latin1', start, Math.min(offsets[2 * i + 1] ?? start, start + headBytes));
    const found = stamp.exec(head);
    if (found === null) continue;
    const [key, seconds] = found;
    latest = Math.max(latest, Number(seconds));
    if (head.includes('type=EOE')) open.delete(key);
    else if (!open.has(key)) open.set(key, { first: i, seconds: Number(seconds) });
  }
  const growing = [...open.values()].filter(({ seconds }) => latest - seconds < groupSeconds);
  const cut = Math.min(count, ...growing.map(({ first }) => first));
  return cut <= count - maxLeft ? count : cut;
}
