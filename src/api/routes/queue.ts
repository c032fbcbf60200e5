/** The queue, incidents and presence over HTTP. */
import { toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { FacetValue, QueueFilter } from '../../features/alerts/queue-types.ts';
import type { IncidentSummary } from '../../model/incident.ts';
import { type FacetName, facetNames } from '../../model/queue.ts';
import { open, os } from './context.ts';
import {
  bulkView,
  groupView,
  histogramView,
  incidentDetailView,
  incidentView,
  queueRowView,
  unseenView,
} from './queue-views.ts';
import type { Services } from './services.ts';
import { endsWith } from './streams.ts';

/** Times of a filter as instants. */
function filterOf<T extends { readonly from?: string | undefined; readonly to?: string | undefined }>(
  input: T,
) {
  const { from, to, ...rest } = input;
  return {
    ...rest,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}

export function queueRoutes({ queue, presence }: Pick<Services, 'queue' | 'presence'>) {
  return open.queue.router({
    list: os.queue.list.handler(async ({ context, input }) => {
      const page = await queue.list(context.actor, filterOf(input));
      return { ...page, items: page.items.map(queueRowView) };
    }),
    get: os.queue.get.handler(async ({ context, input }) =>
      queueRowView(await queue.row(context.scope, input.id)),
    ),
    facets: os.queue.facets.handler(async ({ context, input }) => {
      const { values, ...filter } = input;
      const { facets, exact, counted } = await queue.facets(context.actor, filterOf(filter), values);
      const listed = Object.fromEntries(facetNames.map((name) => [name, [...facets[name]]]));
      return { facets: listed as Record<FacetName, FacetValue[]>, exact, counted };
    }),
    facet: os.queue.facet.handler(async ({ context, input }) => {
      const { values, facet, search, ...rest } = input;
      const filter: QueueFilter = filterOf(rest);
      const found = await queue.facet(context.actor, filter, facet, search ?? '', values);
      return { values: [...found.values], exact: found.exact };
    }),
    histogram: os.queue.histogram.handler(async ({ context, input }) => {
      const { bucket, ...filter } = input;
      return histogramView(await queue.histogram(context.actor, filterOf(filter), bucket));
    }),
    groups: os.queue.groups.handler(async ({ context, input }) => {
      const { by, limit, ...filter } = input;
      const { groups, exact } = await queue.groups(context.actor, filterOf(filter), by, limit);
      return { groups: groups.map(groupView), exact };
    }),
    similar: os.queue.similar.handler(async ({ context, input }) => {
      const { count, items } = await queue.similar(context.scope, input.id, input.by);
      return { count, items: [...items] };
    }),
    bulk: os.queue.bulk.handler(async ({ context, input }) => {
      const { change } = input;
      const asked = change.action === 'wait' ? { ...change, until: Date.parse(change.until) } : change;
      return bulkView(await queue.bulk(context.actor, input.items, asked));
    }),
    undo: os.queue.undo.handler(async ({ context, input }) =>
      bulkView(await queue.undo(context.actor, input.operation)),
    ),
    presence: os.queue.presence.handler(({ context, input }) => {
      const { kind, id, here } = input;
      const people = presence.set(context.actor, { kind, id }, here);
      return { people: people.map(({ since, ...person }) => ({ ...person, since: toIso(since) })) };
    }),
  });
}

export function incidentRoutes({
  incidents,
  context: surroundings,
}: Pick<Services, 'incidents' | 'context'>) {
  return open.incidents.router({
    unseen: os.incidents.unseen.handler(async ({ context, input, signal }) => {
      const found = await surroundings.incidentUnseen(context.scope, input.id, endsWith(context, signal));
      return { items: found.map(unseenView) };
    }),
    get: os.incidents.get.handler(async ({ context, input }) =>
      incidentDetailView(await incidents.get(context.scope, input.id)),
    ),
    create: os.incidents.create.handler(({ context, input }) =>
      changed(incidents.create(context.actor, input)),
    ),
    rename: os.incidents.rename.handler(({ context, input }) =>
      changed(incidents.rename(context.actor, input.id, input.version, input.title)),
    ),
    merge: os.incidents.merge.handler(({ context, input }) =>
      changed(incidents.merge(context.actor, input.id, input.version, input)),
    ),
    split: os.incidents.split.handler(({ context, input }) =>
      changed(incidents.split(context.actor, input.id, input.version, input.alerts)),
    ),
    assign: os.incidents.assign.handler(({ context, input }) =>
      changed(incidents.assign(context.actor, input.id, input.version, input.owner)),
    ),
    acknowledge: os.incidents.acknowledge.handler(({ context, input }) =>
      changed(incidents.acknowledge(context.actor, input.id, input.version)),
    ),
    wait: os.incidents.wait.handler(({ context, input }) => {
      const waiting = { for: input.for, until: Date.parse(input.until) };
      return changed(incidents.wait(context.actor, input.id, input.version, waiting));
    }),
    comment: os.incidents.comment.handler(({ context, input }) =>
      changed(incidents.comment(context.actor, input.id, input.text)),
    ),
    close: os.incidents.close.handler(({ context, input }) =>
      changed(incidents.close(context.actor, input.id, input.version, input.verdict, input.reason)),
    ),
    reopen: os.incidents.reopen.handler(({ context, input }) =>
      changed(incidents.reopen(context.actor, input.id, input.version, input.reason)),
    ),
  });
}

/** The changed incident; a refusal carries the current one, in the form of the wire, as `current`. */
async function changed(change: Promise<IncidentSummary>): Promise<ReturnType<typeof incidentView>> {
  try {
    return incidentView(await change);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.details['incident'] === undefined) throw thrown;
    const { incident, ...details } = thrown.details;
    const current = incidentView(incident as IncidentSummary);
    throw new AppError(thrown.code, thrown.message, { ...details, current }, thrown);
  }
}
