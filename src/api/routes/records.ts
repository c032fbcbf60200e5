/** Events, sources and the audit log over HTTP. */
import { AppError } from '../../base/errors.ts';
import { open, os } from './context.ts';
import { given } from './given.ts';
import type { EventQuery, Services } from './services.ts';
import { auditView, eventDetailView, eventView, sourceView } from './views.ts';

/** The schema has seen to it that there is a `=` behind a name. */
function nameAndValue(field: string): { name: string; value: string } {
  const at = field.indexOf('=');
  return { name: field.slice(0, at), value: field.slice(at + 1) };
}

export function eventRoutes({ events }: Pick<Services, 'events'>) {
  return open.events.router({
    search: os.events.search.handler(async ({ context, input, signal }) => {
      const { from, to, field, ...rest } = input;
      const query: EventQuery = {
        ...given(rest),
        ...(field === undefined ? {} : { field: nameAndValue(field) }),
        ...(from === undefined ? {} : { from: Date.parse(from) }),
        ...(to === undefined ? {} : { to: Date.parse(to) }),
      };
      const ends = AbortSignal.any([context.stopping, ...(signal === undefined ? [] : [signal])]);
      return { items: (await events.search(context.scope, query, ends)).map(eventView) };
    }),
    get: os.events.get.handler(async ({ context, input }) => {
      const event = await events.get(context.scope, input.id);
      if (event === null) throw new AppError('E_NOT_FOUND', `No event ${input.id}.`);
      return eventDetailView(event);
    }),
  });
}

export function sourceRoutes({ sources }: Pick<Services, 'sources'>) {
  return open.sources.router({
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
