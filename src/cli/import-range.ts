/** After an import: from when its events are, and how to see them; they may be years old. */
import type { Instant } from '../base/clock.ts';
import { printQuery } from '../lang/query/index.ts';
import { count } from './output.ts';
import type { CommandContext } from './run.ts';

/** For clocks of two machines that differ a little. */
const marginMs = 2_000;

/** Says nothing when nothing was stored since, or when a program reads along. */
export async function offerRange(
  { target, output, signal }: CommandContext,
  source: string,
  startedAt: Instant,
): Promise<void> {
  if (output.json || signal.aborted) return;
  const q = printQuery({ kind: 'is', field: 'source', any: [{ parts: [source] }] });
  const receivedFrom = new Date(startedAt - marginMs).toISOString();
  const { range, total } = await target.api.events.histogram({ q, receivedFrom, buckets: 1 }, { signal });
  if (range === null) return;
  const to = new Date(Date.parse(range.to)).toISOString();
  const address = new URL('/events', target.url);
  address.search = new URLSearchParams({ q, from: range.from, to }).toString();
  output.note(
    `${count(total, 'event')} from ${range.from} to ${to}. See them:
  ./watchfloor events search '${q.replaceAll("'", "'\\''")}' --from ${range.from} --to ${to}
  ${address.href}`,
  );
}
