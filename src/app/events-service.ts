/** Stored events for people: searched in the store, their views derived afresh from raw and context (ADR 4). */
import type { EventsService } from '../api/routes/services.ts';
import type { RecordContext } from '../model/batch.ts';
import type { ContextId, EventId, TenantId } from '../model/ids.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { EventStore, StoredEvent } from '../store/events.ts';

export function createEventsService(events: EventStore, contexts: Contexts): EventsService {
  return {
    async search(scope, query, signal) {
      const { unparsed, ...rest } = query;
      const found: StoredEvent[] = [];
      const search = { ...rest, tenant: scope.tenant, ...(unparsed === true ? { unparsedOnly: true } : {}) };
      for await (const event of events.search(search, signal)) found.push(event);
      return found;
    },
    async get(scope, id) {
      if (!/^[0-9a-f]{32}$/.test(id)) return null;
      const event = await events.get(scope.tenant, id as EventId);
      if (event === null) return null;
      const context = await contexts.get(event.tenant as TenantId, event.context as ContextId);
      return { ...event, ...viewsOf(event, context) };
    },
  };
}

function viewsOf(event: StoredEvent, context: RecordContext) {
  const outcome = event.raw_encoding === 'utf8' ? parseRecord(event.raw, context, parsers) : null;
  if (outcome?.kind !== 'event') return { native: {}, ocsf: {} };
  return {
    native: outcome.event.native,
    ocsf: outcome.event.ocsf as unknown as Readonly<Record<string, unknown>>,
  };
}
