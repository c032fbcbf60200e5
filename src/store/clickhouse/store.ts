/** The event store over an engine's clients: the same for chDB in process and for ClickHouse over HTTP. */
import { messageOf } from '../../base/errors.ts';
import type { EventStore } from '../events.ts';
import { append } from './append.ts';
import { columnFacts, histogram, top } from './count.ts';
import { expire, exportDays, importDay } from './days.ts';
import type { EngineClients } from './engine.ts';
import { explain, explained } from './errors.ts';
import { migrate } from './migrate.ts';
import { querySql } from './query.ts';
import { at, existing, get, sequenceReader, stats } from './read.ts';
import { scanCondition, search } from './search.ts';
import { sourceFacts } from './sources.ts';
import type { HuntLimits } from './stream.ts';
import { newest, tally } from './tally.ts';

export interface EventStoreOptions {
  /** Database of the tables; default `watchfloor`. */
  readonly database?: string;
  /** An insert is on disk before it is answered (ADR 5); default true. */
  readonly fsync?: boolean;
  /** Caps of one hunt; defaults: 60 s, 2 GiB, 2 threads. */
  readonly hunt?: Partial<HuntLimits>;
}

const defaultLimits: HuntLimits = { maxSeconds: 60, maxMemoryBytes: 2 * 1024 ** 3, maxThreads: 2 };

export function openEventStore(clients: EngineClients, options: EventStoreOptions = {}): EventStore {
  const { database = 'watchfloor', fsync = true } = options;
  if (!/^[A-Za-z_]\w*$/.test(database)) throw new Error(`not a database name: ${database}`);
  const table = `${database}.events`;
  const { writer, reader, admin } = clients;
  const sequence = sequenceReader(reader, database);
  const hunting = {
    clients,
    table,
    limits: { ...defaultLimits, ...options.hunt },
    kills: new Set<Promise<void>>(),
  };
  const closing = new AbortController();

  /** Ends with the store, whatever else ends it. */
  const untilClosed = (signal: AbortSignal | undefined) =>
    signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
  const reading = <T>(work: () => Promise<T>) => explained({ what: 'reading' }, work);

  return {
    migrate: () => explained({ what: 'migrating' }, () => migrate(admin, database, fsync)),
    append: inOrder((batches) => append(writer, table, batches)),
    existing: (tenant, source, since, ids) =>
      reading(() => existing(reader, table, { tenant, source, since }, ids)),
    lastSeq: () => reading(() => sequence.last()),
    readAfter: (after, maxRows) => reading(() => sequence.after(after, maxRows)),
    get: (tenant, id) => reading(() => get(reader, table, tenant, id)),
    at: (tenant, places) => reading(() => at(reader, table, tenant, places)),
    search: (query, signal) => search(hunting, query, untilClosed(signal)),
    answersAlone: (query) => querySql(query, []).exact,
    scan: (query, signal) => scanCondition(hunting, query, untilClosed(signal)),
    tally: (query, signal) => tally(hunting, query, untilClosed(signal)),
    newest: (query, limit, signal) => newest(hunting, query, limit, untilClosed(signal)),
    top: (query, column, signal) => top(hunting, query, column, untilClosed(signal)),
    histogram: (query, signal) => histogram(hunting, query, untilClosed(signal)),
    columnFacts: (query, signal) => columnFacts(hunting, query, untilClosed(signal)),
    sourceFacts: (tenant, since, now) => reading(() => sourceFacts(reader, table, tenant, since, now)),
    expire: (before, held) =>
      explained({ what: 'expiring' }, async () => {
        const dropped = await expire(admin, database, before, held);
        if (dropped.length > 0) sequence.forget();
        return dropped;
      }),
    stats: () => reading(() => stats(reader, database)),
    exportDays: (upTo) => explainedDays(exportDays(clients, database, upTo)),
    importDay: (data) => explained({ what: 'importing' }, () => importDay(writer, table, data)),
    async close() {
      closing.abort(new Error('the event store is closing'));
      await Promise.allSettled(hunting.kills);
      await Promise.all([clients.hunter.close(), reader.close(), writer.close()]);
      await admin.close();
    },
  };
}

/** A consumer that has passed seq 11 never comes back for 10: so one call after the other, as they came. */
function inOrder<T>(work: (input: T) => Promise<void>): (input: T) => Promise<void> {
  let previous: Promise<unknown> = Promise.resolve();
  return (input) => {
    const mine = previous.then(() => work(input));
    // Its caller hears of a failure; the next call only waits.
    previous = mine.catch(messageOf);
    return mine;
  };
}

async function* explainedDays<T>(days: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  try {
    yield* days;
  } catch (thrown) {
    throw explain(thrown, { what: 'exporting' });
  }
}
