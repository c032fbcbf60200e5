/** Spans of time in the address: the last so much (`24h`), or from and to (`2020-05-01T00:00Z..2020-05-03T00:00Z`). */

/** As it stands in the address. */
export type TimeRange = string;

export interface Span {
  /** Epoch milliseconds; null where that side is open. */
  readonly from: number | null;
  readonly to: number | null;
}

const hour = 3_600_000;

export const lastRanges: readonly { readonly range: TimeRange; readonly name: string }[] = [
  { range: '1h', name: 'Last hour' },
  { range: '24h', name: 'Last 24 h' },
  { range: '7d', name: 'Last 7 days' },
  { range: '30d', name: 'Last 30 days' },
];

const relative = /^(\d{1,4})(h|d)$/;

export function isRange(text: string | undefined): text is TimeRange {
  return text !== undefined && (relative.test(text) || absolute(text) !== null);
}

/** Relative ones begin at a full minute, so that the same question is asked the same way. */
export function spanOf(range: TimeRange, now: number): Span {
  const last = relative.exec(range);
  if (last === null) return absolute(range) ?? { from: null, to: null };
  const ms = Number(last[1]) * (last[2] === 'd' ? 24 * hour : hour);
  return { from: Math.floor(now / 60_000) * 60_000 - ms, to: null };
}

export function rangeOf(span: Span): TimeRange | null {
  if (span.from === null && span.to === null) return null;
  return `${edge(span.from)}..${edge(span.to)}`;
}

function edge(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().replace(/(:00)?\.000Z$/, 'Z');
}

function absolute(text: string): Span | null {
  const parts = text.split('..');
  if (parts.length !== 2) return null;
  const [from, to] = parts.map((part) => (part === '' ? null : Date.parse(part)));
  if (from === undefined || to === undefined || (from === null && to === null)) return null;
  if (Number.isNaN(from ?? 0) || Number.isNaN(to ?? 0)) return null;
  return { from, to };
}

/** `Last 24 h`, `2 May 2020, 02:00 to 04:00`: short enough for a button. */
export function rangeName(range: TimeRange | null): string {
  if (range === null) return 'Any time';
  const known = lastRanges.find((last) => last.range === range);
  if (known !== undefined) return known.name;
  const span = absolute(range);
  if (span === null) return `Last ${range}`;
  if (span.from === null) return `until ${short(span.to)}`;
  if (span.to === null) return `since ${short(span.from)}`;
  const [from, to] = [short(span.from), short(span.to)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} to ${to.slice(11)}` : `${from} to ${to}`;
}

function short(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
