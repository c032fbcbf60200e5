/** Searches of stored events: the store finds, the parsers of today give the views (ADR 4), caps are told as what is missing. */
import type { FoundEvent, HuntFilter, HuntsService } from '../../api/routes/hunts-service.ts';
import type { Clock, Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { fieldValues } from '../../lang/query/index.ts';
import type { VerbatimParser } from '../../lang/sigma/index.ts';
import type { Scope } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import {
  type ColumnFacts,
  type EventFilter,
  type EventQuery,
  type EventStore,
  type EventViews,
  type StoredEvent,
  topColumns,
} from '../../store/events.ts';
import { Stop } from './caps.ts';
import { countFields, sampleSize } from './field-counts.ts';
import { streamHunt } from './stream.ts';

export interface HuntsDeps {
  readonly events: EventStore;
  readonly clock: Clock;
  /** The views of a tenant's events as their parsers read them today. */
  readonly views: (tenant: TenantId) => Promise<EventQuery['views']>;
  readonly verbatim: readonly VerbatimParser[];
}

const maxFields = 20;
/** Most candidates that are looked at for a sample of fields. */
const maxSampled = 20_000;

export function createHunts({ events, clock, views, verbatim }: HuntsDeps): HuntsService {
  async function filterOf(
    scope: Scope,
    { query, from, to, basis }: HuntFilter,
  ): Promise<EventFilter & { readonly query: EventQuery }> {
    return {
      tenant: scope.tenant,
      basis,
      query: { node: query, views: await views(scope.tenant), verbatim },
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
  }

  return {
    async *stream(scope, query, signal) {
      const { fields, limit, basis } = query;
      if (fields.length > maxFields) {
        throw new AppError('E_BAD_REQUEST', `fields: at most ${maxFields} names.`);
      }
      const filter = await filterOf(scope, query);
      yield* streamHunt(
        {
          limit,
          timeOf: (event) => timeOf(event, basis),
          async *search(tell, ends) {
            for await (const event of events.search({ ...filter, ...tell, limit }, ends)) {
              yield withFields(event, fields, filter.query.views);
            }
          },
        },
        clock,
        signal,
      );
    },

    async histogram(scope, query, signal) {
      const { from, to, basis, buckets, receivedFrom } = query;
      const stop = new Stop();
      const search = {
        ...(await filterOf(scope, query)),
        ...(receivedFrom === undefined ? {} : { receivedFrom }),
        buckets,
        onStopped: stop.at,
      };
      const range = from === undefined || to === undefined ? null : { from, to };
      const [histogram, newest] = await Promise.all([
        stop.orCapped(events.histogram(search, signal), { range, bucketMs: 1_000, counts: [], total: 0 }),
        newestTime(events, scope, basis, signal),
      ]);
      return { ...histogram, partial: stop.partial, newest };
    },

    async top(scope, query, signal) {
      const column = topColumns.find((one) => one === query.column);
      if (column === undefined) {
        const known = topColumns.join(', ');
        throw new AppError('E_BAD_REQUEST', `column: ${query.column} can't be counted; these can: ${known}.`);
      }
      const stop = new Stop();
      const search = { ...(await filterOf(scope, query)), limit: query.limit, onStopped: stop.at };
      return { values: await stop.orCapped(events.top(search, column, signal), []), partial: stop.partial };
    },

    async fields(scope, query, signal) {
      const filter = await filterOf(scope, query);
      const alone = events.answersAlone(query.query);
      const facts = alone ? await events.columnFacts(filter, signal) : null;
      const sample: (EventViews & { readonly event: StoredEvent })[] = [];
      const search = { ...filter, limit: sampleSize, maxExamined: maxSampled };
      for await (const event of events.search(search, signal)) {
        const { native, ocsf } = filter.query.views(event);
        sample.push({ event, native, ocsf });
      }
      return {
        columns: facts ?? sampledColumns(sample.map((one) => one.event)),
        exact: alone,
        sampled: sample.length,
        native: countFields(sample.map((one) => one.native)),
        ocsf: countFields(sample.map((one) => one.ocsf)),
      };
    },
  };
}

/** Of a query that the store can't answer alone: counting all of it would cost as much as the search. */
function sampledColumns(events: readonly StoredEvent[]): readonly ColumnFacts[] {
  return topColumns.map((column) => {
    const values = events.map((event) => event[column]).filter((value) => value !== '' && value !== 0);
    return { column, present: values.length, distinct: new Set(values).size };
  });
}

function timeOf(event: Pick<StoredEvent, 'received' | 'time'>, basis: HuntFilter['basis']): Instant {
  return basis === 'received' ? event.received : event.time;
}

function withFields(event: StoredEvent, names: readonly string[], views: EventQuery['views']): FoundEvent {
  if (names.length === 0) return { ...event, fields: {} };
  const { native, ocsf } = views(event);
  const seen = { columns: event, raw: event.raw, native, ocsf };
  return { ...event, fields: Object.fromEntries(names.map((name) => [name, fieldValues(name, seen)])) };
}

async function newestTime(
  events: EventStore,
  { tenant }: Scope,
  basis: HuntFilter['basis'],
  signal: AbortSignal,
): Promise<Instant | null> {
  for await (const event of events.search({ tenant, basis, limit: 1 }, signal)) return timeOf(event, basis);
  return null;
}
