/** Searches of stored events over HTTP. */
import { ORPCError } from '@orpc/server';
import { toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { parseQuery } from '../../lang/query/index.ts';
import type { HuntItem } from '../contract/hunts.ts';
import type { CallContext } from './context.ts';
import { os } from './context.ts';
import type { HuntFilter, HuntStep, HuntsService, PartialAnswer } from './hunts-service.ts';
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

export function endsWith(context: CallContext, signal: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any([context.stopping, ...(signal === undefined ? [] : [signal])]);
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
      return told(hunts.stream(context.scope, query, endsWith(context, signal)));
    }),
    histogram: os.events.histogram.handler(async ({ context, input, signal }) => {
      const query = { ...filterOf(input), buckets: input.buckets };
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
        columns: [...found.columns],
        sampled: found.sampled,
        native: view(found.native),
        ocsf: view(found.ocsf),
      };
    }),
  };
}

async function* told(steps: AsyncIterable<HuntStep>): AsyncGenerator<HuntItem, void, void> {
  try {
    for await (const step of steps) {
      if (step.type === 'events') yield { type: step.type, items: step.items.map(huntEventView) };
      else if (step.type === 'done') yield { ...step, partial: partialView(step.partial) };
      else yield step;
    }
  } catch (thrown) {
    // The answer has begun, so that no problem document can tell it any more.
    if (!(thrown instanceof AppError)) throw thrown;
    const { code, status, message, details } = thrown;
    throw new ORPCError(code, { status, message, data: details });
  }
}

function partialView(partial: PartialAnswer | null) {
  return (
    partial && { reason: partial.reason, before: partial.before === null ? null : toIso(partial.before) }
  );
}
