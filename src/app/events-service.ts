/** Stored events for people: searched in the store, their views derived afresh from raw and context (ADR 4). */
import type { EventsService, EventWithViews } from '../api/routes/services.ts';
import type { RecordContext } from '../model/batch.ts';
import type { ContextId, EventId, TenantId } from '../model/ids.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { EventQuery, EventStore, StoredEvent } from '../store/events.ts';
import { verbatimParsers } from './verbatim.ts';

export function createEventsService(events: EventStore, contexts: Contexts): EventsService {
  return {
    async search(scope, query, signal) {
      const { unparsed, query: node, ...rest } = query;
      const found: StoredEvent[] = [];
      const confirm =
        query.field === undefined ? undefined : fieldConfirm(await contexts.all(scope.tenant), query.field);
      const search = {
        ...rest,
        tenant: scope.tenant,
        ...(node.kind === 'all'
          ? {}
          : { query: { node, views: await eventViews(contexts)(scope.tenant), verbatim: verbatimParsers } }),
        ...(unparsed === true ? { unparsedOnly: true } : {}),
        ...(confirm === undefined ? {} : { confirm }),
      };
      for await (const event of events.search(search, signal)) found.push(event);
      return found;
    },
    async get(scope, id) {
      if (!/^[0-9a-f]{32}$/.test(id)) return null;
      const event = await events.get(scope.tenant, id as EventId);
      if (event === null) return null;
      const context = await contexts.get(event.tenant as TenantId, event.context as ContextId);
      const { native, ocsf } = viewsOf(event, context);
      return { ...event, native, ocsf };
    },
  };
}

/** The views of a tenant's events as their parsers read them today; empty where the context is not known. */
export function eventViews(contexts: Contexts): (tenant: TenantId) => Promise<EventQuery['views']> {
  return async (tenant) => {
    const known = await contexts.all(tenant);
    return (event) => {
      const context = known.get(event.context);
      return context === undefined ? { native: {}, ocsf: {} } : viewsOf(event, context);
    };
  };
}

/**
 * The store narrows by the value as text somewhere in raw; whether it is that field's is seen on the
 * record as its parser reads it today.
 */
function fieldConfirm(
  contexts: ReadonlyMap<string, RecordContext>,
  field: { readonly name: string; readonly value: string },
): (event: StoredEvent) => boolean {
  const wanted = lowerAscii(field.value);
  return (event) => {
    const context = contexts.get(event.context);
    if (context === undefined) return false;
    const value = viewsOf(event, context).native[field.name];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.some((one) => isScalar(one) && lowerAscii(String(one)) === wanted);
  };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function viewsOf(event: StoredEvent, context: RecordContext): Pick<EventWithViews, 'native' | 'ocsf'> {
  const outcome = event.raw_encoding === 'utf8' ? parseRecord(event.raw, context, parsers) : null;
  if (outcome?.kind !== 'event') return { native: {}, ocsf: {} };
  const { event: parsed } = outcome;
  return {
    native: parsed.native,
    // Made when it is asked for: a search that looks at native only never does.
    get ocsf() {
      return parsed.ocsf as unknown as Readonly<Record<string, unknown>>;
    },
  };
}
