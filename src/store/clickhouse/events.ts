/** The event store on a ClickHouse server (or a proxy before several), over HTTP. */
import type { EventStore } from '../events.ts';
import { type HttpOptions, httpClient } from './http.ts';
import { type EventStoreOptions, openEventStore } from './store.ts';

export interface ClickHouseOptions extends HttpOptions, EventStoreOptions {}

/** Opens nothing yet: the first call (`migrate`) finds out whether the server is there. */
export function openClickHouseEventStore(options: ClickHouseOptions): EventStore {
  // Sockets of their own, so that hunts can't take those of writing, nor of the KILL that ends them.
  const client = (connections: number) => httpClient({ ...options, connections });
  const clients = {
    writer: client(2),
    reader: client(4),
    hunter: client(options.connections ?? 8),
    admin: client(2),
  };
  return openEventStore(clients, options);
}
