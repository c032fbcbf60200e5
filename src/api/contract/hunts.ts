/** Searching stored events: the query language, its stream, and what is counted beside the list. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { timeBases } from '../../model/hunt.ts';
import { route } from './route.ts';
import { EventView, instant } from './schemas.ts';

/** Which events. `q` is a query as docs/guides/search.md describes; empty means every event. */
export const huntInput = {
  q: z.string().max(10_000).default(''),
  /** From inclusive, to exclusive, in the time of `basis`; without them events of any age. */
  from: instant.optional(),
  to: instant.optional(),
  basis: z.enum(timeBases).default('event'),
};

/** What a query's answer lacks, and why. */
export const Partial = z.object({
  /** `limit`: more match than were asked for. The others are caps of the service. */
  reason: z.enum(['limit', 'examined', 'time', 'memory']),
  /** Nothing before this was looked at; null when nothing at all was. */
  before: instant.nullable(),
});
export type Partial = z.infer<typeof Partial>;

export const HuntEvent = EventView.extend({
  /** Values of the fields asked for by name. */
  fields: z.record(z.string(), z.array(z.string())),
});
export type HuntEvent = z.infer<typeof HuntEvent>;

const counter = z.int().nonnegative();

export const HuntItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('events'), items: z.array(HuntEvent) }),
  z.object({
    type: z.literal('progress'),
    found: counter,
    /** Rows that the engine has read of about how many, and candidates that were looked at one by one. */
    rowsRead: counter,
    rowsTotal: counter,
    examined: counter,
  }),
  z.object({ type: z.literal('done'), found: counter, ms: counter, partial: Partial.nullable() }),
]);
export type HuntItem = z.infer<typeof HuntItem>;

const limit = (max: number, preset: number) => z.coerce.number().int().min(1).max(max).default(preset);
const access = { action: 'read', resource: 'event' } as const;
const range = z.object({ from: instant, to: instant });
const topValues = z.array(z.object({ value: z.string(), count: counter }));

export const huntRoutes = {
  stream: route({
    method: 'GET',
    path: '/events/stream',
    tag: 'events',
    access,
    summary: 'Server-sent events: what a query finds, newest first, as it is found, and how far it is',
  })
    .input(
      z.object({
        ...huntInput,
        /** Names of fields whose values each event is to carry, separated by commas. */
        fields: z.string().max(2_000).default(''),
        limit: limit(10_000, 500),
      }),
    )
    .output(eventIterator(HuntItem)),
  histogram: route({
    method: 'GET',
    path: '/events/histogram',
    tag: 'events',
    access,
    summary: 'How many events a query finds, over time; without a range, over that of what it finds',
  })
    .input(z.object({ ...huntInput, buckets: limit(400, 60) }))
    .output(
      z.object({
        range: range.nullable(),
        bucketMs: counter,
        buckets: z.array(z.object({ at: instant, source: z.string(), count: counter })),
        total: counter,
        partial: Partial.nullable(),
        /** The newest event that is stored at all. */
        newest: instant.nullable(),
      }),
    ),
  top: route({
    method: 'GET',
    path: '/events/top',
    tag: 'events',
    access,
    summary: 'The most frequent values of a column among what a query finds',
  })
    .input(z.object({ ...huntInput, column: z.string().max(64), limit: limit(1_000, 10) }))
    .output(z.object({ values: topValues, partial: Partial.nullable() })),
  fields: route({
    method: 'GET',
    path: '/events/fields',
    tag: 'events',
    access,
    summary: 'Which fields the events have that a query finds',
  })
    .input(z.object(huntInput))
    .output(
      z.object({
        columns: z.array(z.object({ name: z.string(), present: counter, distinct: counter })),
        /** The vendor's own fields and OCSF attributes of the newest `sampled` events, most frequent first. */
        sampled: counter,
        native: z.array(z.object({ name: z.string(), count: counter, values: topValues })),
        ocsf: z.array(z.object({ name: z.string(), count: counter, values: topValues })),
      }),
    ),
};
