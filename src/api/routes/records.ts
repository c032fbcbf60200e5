/** Events, sources and the audit log over HTTP. */
import { AppError } from '../../base/errors.ts';
import { open, os } from './context.ts';
import { given } from './given.ts';
import { healthHandlers } from './health-sources.ts';
import { huntHandlers, queryOf } from './hunts.ts';
import type { EventQuery, Services } from './services.ts';
import { endsWith } from './streams.ts';
import { auditView, eventDetailView, eventView, sourceView } from './views.ts';

/** The schema has seen to it that there is a `=` behind a name. */
function nameAndValue(field: string): { name: string; value: string } {
  const at = field.indexOf('=');
  return { name: field.slice(0, at), value: field.slice(at + 1) };
}

export function eventRoutes({ events, hunts }: Pick<Services, 'events' | 'hunts'>) {
  return open.events.router({
    search: os.events.search.handler(async ({ context, input, signal }) => {
      const { q, from, to, field, ...rest } = input;
      const query: EventQuery = {
        query: queryOf(q),
        ...given(rest),
        ...(field === undefined ? {} : { field: nameAndValue(field) }),
        ...(from === undefined ? {} : { from: Date.parse(from) }),
        ...(to === undefined ? {} : { to: Date.parse(to) }),
      };
      const found = await events.search(context.scope, query, endsWith(context, signal));
      return { items: found.map(eventView) };
    }),
    get: os.events.get.handler(async ({ context, input }) => {
      const event = await events.get(context.scope, input.id);
      if (event === null) throw new AppError('E_NOT_FOUND', `No event ${input.id}.`);
      return eventDetailView(event);
    }),
    ...huntHandlers(hunts),
  });
}

export function sourceRoutes({ sources, health }: Pick<Services, 'sources' | 'health'>) {
  return open.sources.router({
    ...healthHandlers(health),
    list: os.sources.list.handler(async ({ context }) => ({
      items: (await sources.list(context.scope)).map(sourceView),
    })),
    create: os.sources.create.handler(async ({ context, input }) => {
      const { source, token } = await sources.create(context.actor, input, context.peer);
      return { ...sourceView(source), token };
    }),
  });
}

export function auditRoutes({ audit }: Pick<Services, 'audit'>) {
  return open.audit.router({
    list: os.audit.list.handler(async ({ context, input }) => {
      const { items, nextCursor } = await audit.list(context.scope, input);
      return { items: items.map(auditView), nextCursor };
    }),
  });
}
