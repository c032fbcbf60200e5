/** Words of the search box: `host:ws-17 severity:high lsass` becomes filters and the text that is left. */
import { type Filter, toggle, type ValueFacet, valueFacets } from './filter.ts';
import { alertStatuses, severities } from './types.ts';

const word = /(-?)([a-z]+):(?:"([^"]+)"|(\S+))/gi;

/** A word whose name or value is not known stays text, so that nothing typed is lost. */
export function readWords(text: string, filter: Filter): Filter {
  let next: Filter = filter;
  const rest = text.replace(word, (whole, minus: string, name: string, quoted?: string, plain?: string) => {
    const changed = withWord(next, name.toLowerCase(), quoted ?? plain ?? '', minus === '-');
    if (changed === null) return whole;
    next = changed;
    return '';
  });
  return { ...next, text: rest.replace(/\s+/g, ' ').trim() };
}

function withWord(filter: Filter, name: string, value: string, not: boolean): Filter | null {
  const facet = valueFacets.find((known) => known === name);
  if (not) {
    const item = `${name}=${value}`;
    const isKnown = facet !== undefined || (name === 'severity' && isSeverity(value));
    return isKnown ? { ...filter, not: added(filter.not, item) } : null;
  }
  if (facet !== undefined) return { ...filter, [facet satisfies ValueFacet]: added(filter[facet], value) };
  const lower = value.toLowerCase();
  const severity = severities.find((known) => known === lower);
  if (name === 'severity' && severity !== undefined) {
    return { ...filter, severity: added(filter.severity, severity) };
  }
  const status = alertStatuses.find((known) => known === lower);
  if (name === 'status' && status !== undefined) return { ...filter, status: added(filter.status, status) };
  if (name === 'owner' && ['me', 'none', 'others'].includes(lower)) return { ...filter, owner: [lower] };
  return null;
}

function isSeverity(value: string): boolean {
  return severities.some((known) => known === value);
}

function added<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list : toggle(list, item);
}
