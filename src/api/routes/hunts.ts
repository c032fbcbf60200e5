/** Searches of stored events over HTTP. */
import { toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { parseQuery } from '../../lang/query/index.ts';
import type { HuntItem } from '../contract/hunts.ts';
import { os } from './context.ts';
import type { HuntFilter, HuntStep, HuntsService, PartialAnswer } from './hunts-service.ts';
import { endsWith, streamed } from './streams.ts';
import { huntEventView } from './views.ts';

interface HuntInput {
  readonly q: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly basis: HuntFilter['basis'];
}

/** Throws E_BAD_REQUEST with the place of the fault in the query. */
function filterOf({ q, from, to, basis }: HuntInput): HuntFilter {
  return {
    query: queryOf(q),
    basis,
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
  };
}

export function queryOf(q: string): HuntFilter['query'] {
  const parsed = parseQuery(q);
  if (parsed.ok) return parsed.value;
  const { start, end, message, hint } = parsed.error;
  throw new AppError('E_BAD_REQUEST', `q, character ${start + 1}: ${message} ${hint}`, {
    query: { start, end, message, hint },
  });
}

export function huntHandlers(hunts: HuntsService) {
  return {
    stream: os.events.stream.handler(({ context, input, signal }) => {
      const fields = input.fields
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
      const query = { ...filterOf(input), fields, limit: input.limit };
      // What is refused is refused before the stream begins.
      return streamed(hunts.stream(context.scope, query, endsWith(context, signal)), itemOf, context);
    }),
    histogram: os.events.histogram.handler(async ({ context, input, signal }) => {
      const { receivedFrom, buckets } = input;
      const received = receivedFrom === undefined ? {} : { receivedFrom: Date.parse(receivedFrom) };
      const query = { ...filterOf(input), ...received, buckets };
      const found = await hunts.histogram(context.scope, query, endsWith(context, signal));
      return {
        range: found.range && { from: toIso(found.range.from), to: toIso(found.range.to) },
        bucketMs: found.bucketMs,
        buckets: found.counts.map((one) => ({ ...one, at: toIso(one.at) })),
        total: found.total,
        partial: partialView(found.partial),
        newest: found.newest === null ? null : toIso(found.newest),
      };
    }),
    top: os.events.top.handler(async ({ context, input, signal }) => {
      const query = { ...filterOf(input), column: input.column, limit: input.limit };
      const { values, partial } = await hunts.top(context.scope, query, endsWith(context, signal));
      return { values: [...values], partial: partialView(partial) };
    }),
    fields: os.events.fields.handler(async ({ context, input, signal }) => {
      const found = await hunts.fields(context.scope, filterOf(input), endsWith(context, signal));
      const view = (list: typeof found.native) => list.map((one) => ({ ...one, values: [...one.values] }));
      return {
        columns: found.columns.map(({ column, ...facts }) => ({ name: column, ...facts })),
        exact: found.exact,
        sampled: found.sampled,
        native: view(found.native),
        ocsf: view(found.ocsf),
      };
    }),
  };
}

function itemOf(step: HuntStep): HuntItem {
  if (step.type === 'events') return { type: step.type, items: step.items.map(huntEventView) };
  return step.type === 'done' ? { ...step, partial: partialView(step.partial) } : step;
}

function partialView(partial: PartialAnswer | null) {
  return (
    partial && { reason: partial.reason, before: partial.before === null ? null : toIso(partial.before) }
  );
}
