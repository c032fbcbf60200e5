/** The filter as the API takes it: empty lists are left out, relative times made absolute. */
import type { Filter } from './filter.ts';
import { spanOf } from './ranges.ts';

export function toInput(filter: Filter, now: number) {
  const span = filter.time === null ? { from: null, to: null } : spanOf(filter.time, now);
  const text = filter.text.trim();
  return {
    ...given('status', filter.status),
    ...given('severity', filter.severity),
    ...given('owner', filter.owner),
    ...given('kind', filter.kind),
    ...given('rule', filter.rule),
    ...given('host', filter.host),
    ...given('user', filter.user),
    ...given('source', filter.source),
    ...given('tag', filter.tag),
    ...given('exclude', filter.not),
    ...given('together', filter.together),
    ...(text === '' ? {} : { text }),
    ...(span.from === null ? {} : { from: new Date(span.from).toISOString() }),
    ...(span.to === null ? {} : { to: new Date(span.to).toISOString() }),
    timeBasis: filter.basis,
  };
}

function given<K extends string, T>(name: K, list: readonly T[]): { readonly [N in K]?: T[] } {
  return list.length === 0 ? {} : ({ [name]: [...list] } as { [N in K]?: T[] });
}
