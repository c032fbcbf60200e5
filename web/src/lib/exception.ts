/** An exception as the dialog builds it: lines of field, comparison and value, and the Sigma selection they make. */
import type { AlertDetail } from './types.ts';

export const comparisons = ['is', 'contains', 'startswith', 'endswith'] as const;
export type Comparison = (typeof comparisons)[number];

export const comparisonNames: Readonly<Record<Comparison, string>> = {
  is: 'is',
  contains: 'contains',
  startswith: 'begins with',
  endswith: 'ends with',
};

export interface ExceptionLine {
  readonly field: string;
  readonly comparison: Comparison;
  readonly value: string;
  readonly chosen: boolean;
}

/** Fields that tell one use of a program from another, offered where the event has them. */
const telling = [
  'Image',
  'CommandLine',
  'ParentImage',
  'ParentCommandLine',
  'User',
  'SubjectUserName',
  'TargetUserName',
  'IpAddress',
  'SourceIp',
];

/**
 * What matched, whole, on this host; then what else is telling, not chosen. Everywhere is a choice of
 * its own: of a rule that matches few things it would be silence. `only`: this field alone is chosen
 * of what matched, as a value's menu asks.
 */
export function linesOf(alert: AlertDetail, only: string | null): readonly ExceptionLine[] {
  const [event] = alert.evidence;
  if (event === undefined) return [];
  const lines = new Map<string, ExceptionLine>();
  const add = (field: string, value: unknown, chosen: boolean) => {
    if (field === '' || lines.has(field) || !isPlain(value) || `${value}` === '') return;
    lines.set(field, { field, comparison: 'is', value: `${value}`, chosen });
  };
  for (const { field, value } of event.matched) {
    const name = nameOf(field);
    add(name, value, only === null || name === only);
  }
  const host = hostField(alert);
  if (host !== null) add(host, event.native[host], true);
  for (const name of telling) add(name, event.native[name], name === only);
  return [...lines.values()];
}

/** Fields of the event that are no line yet. */
export function otherLines(alert: AlertDetail, lines: readonly ExceptionLine[]): readonly ExceptionLine[] {
  const taken = new Set(lines.map(({ field }) => field));
  return Object.entries(alert.evidence[0]?.native ?? {})
    .flatMap(([field, value]): ExceptionLine[] =>
      taken.has(field) || !isPlain(value) || `${value}` === ''
        ? []
        : [{ field, comparison: 'is', value: `${value}`, chosen: true }],
    )
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}

/** The field that holds the alert's host, as the event writes it. */
export function hostField(alert: AlertDetail): string | null {
  if (alert.host === '') return null;
  const found = Object.entries(alert.evidence[0]?.native ?? {}).find(
    ([, value]) => typeof value === 'string' && value.toLowerCase() === alert.host.toLowerCase(),
  );
  return found?.[0] ?? null;
}

/** As the service takes it; null while nothing is chosen, or a chosen line has no value. */
export function selectionOf(lines: readonly ExceptionLine[]): Readonly<Record<string, string>> | null {
  const chosen = lines.filter((line) => line.chosen);
  if (chosen.length === 0 || chosen.some(({ value }) => value === '')) return null;
  return Object.fromEntries(
    chosen.map(({ field, comparison, value }) => [
      comparison === 'is' ? field : `${field}|${comparison}`,
      literal(value),
    ]),
  );
}

/** Sigma reads `*` and `?` as wildcards and `\` as their escape: here every character is itself. */
export function literal(value: string): string {
  return value.replaceAll(/[\\*?]/g, '\\$&');
}

/** `Image|endswith` → `Image`. */
export function nameOf(field: string): string {
  return field.split('|')[0] ?? '';
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
