/** Which fields a sample of events has, with their values. */
import type { FieldCount } from '../../api/routes/hunts-service.ts';

/** Newest events that fields are told from. */
export const sampleSize = 200;
const maxFields = 500;
const maxValues = 5;
/** Longer values are texts that nobody picks from a list. */
const maxValueLength = 200;
const maxDepth = 6;

/** Most frequent first, then by name. */
export function countFields(views: readonly Readonly<Record<string, unknown>>[]): readonly FieldCount[] {
  const counts = new Map<string, { count: number; values: Map<string, number> }>();
  for (const view of views) {
    const seen = new Map<string, Set<string>>();
    collect(view, '', 0, seen);
    for (const [name, values] of seen) {
      const known = counts.get(name) ?? { count: 0, values: new Map<string, number>() };
      known.count += 1;
      for (const value of values) known.values.set(value, (known.values.get(value) ?? 0) + 1);
      counts.set(name, known);
    }
  }
  return [...counts]
    .map(([name, { count, values }]) => ({ name, count, values: topValues(values) }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, maxFields);
}

function topValues(values: ReadonlyMap<string, number>): FieldCount['values'] {
  return [...values]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, maxValues);
}

function collect(value: unknown, name: string, depth: number, into: Map<string, Set<string>>): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, name, depth + 1, into);
  } else if (typeof value === 'object' && value !== null) {
    if (depth > maxDepth) return;
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, name === '' ? key : `${name}.${key}`, depth + 1, into);
    }
  } else if (value !== undefined && value !== null && value !== '') {
    const texts = into.get(name) ?? new Set<string>();
    const text = String(value);
    if (text.length <= maxValueLength) texts.add(text);
    into.set(name, texts);
  }
}
