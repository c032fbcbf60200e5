/** How sources do: when they sent last, how much, how late, and what could not be read. */
import { z } from 'zod';
import { route } from './route.ts';
import { instant } from './schemas.ts';

const counter = z.int().nonnegative();
const ms = z.int();

/** How long a source may be quiet before an alert is raised; `auto`: told from its own history. */
export const Expectation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('auto') }),
  z.object({ kind: z.literal('off') }),
  z.object({ kind: z.literal('set'), pauseMs: z.int().min(60_000).max(2_592_000_000) }),
]);

export const SourceHealth = z.object({
  id: z.string(),
  /** Null for a name that only imports came under. */
  description: z.string().nullable(),
  /** `idle`: nothing is expected of it. `never`: it has sent nothing yet. */
  state: z.enum(['sending', 'silent', 'idle', 'never']),
  lastReceivedAt: instant.nullable(),
  lastEventAt: instant.nullable(),
  silentSince: instant.nullable(),
  expectation: Expectation,
  /** The longest pause that is no silence; null when nothing is expected. */
  pauseMs: ms.nullable(),
  records: counter,
  unparsed: counter,
  perMinuteNow: z.number(),
  perMinuteUsual: z.number(),
  lagMedianMs: ms.nullable(),
  lagHighMs: ms.nullable(),
  /** By how much, at least, its clock is ahead. */
  clockAheadMs: ms,
  hours: z.array(z.object({ at: instant, records: counter })),
  version: z.int(),
});
export type SourceHealth = z.infer<typeof SourceHealth>;

export const UnparsedShape = z.object({
  /** The structure of the record, with values left out. */
  shape: z.string(),
  reason: z.string(),
  count: counter,
  example: z.object({ eventId: z.string(), raw: z.string() }),
});

export const healthRoutes = {
  health: route({
    method: 'GET',
    path: '/sources/health',
    tag: 'sources',
    access: { action: 'read', resource: 'source' },
    summary: 'How each source does, over the last two weeks',
  }).output(z.object({ items: z.array(SourceHealth), windowMs: ms })),
  unparsed: route({
    method: 'GET',
    path: '/sources/{id}/unparsed',
    tag: 'sources',
    access: { action: 'read', resource: 'event' },
    summary: 'The most frequent shapes among the newest unparsed records of a source',
  })
    .input(z.object({ id: z.string() }))
    .output(z.object({ sampled: counter, shapes: z.array(UnparsedShape) })),
  expect: route({
    method: 'POST',
    path: '/sources/{id}/expectation',
    tag: 'sources',
    access: { action: 'manage', resource: 'source' },
    summary: 'How long the source may be quiet before an alert is raised',
  })
    .input(z.object({ id: z.string(), version: z.int(), expectation: Expectation }))
    .output(SourceHealth),
};
