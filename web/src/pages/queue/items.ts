/** What the list shows, line by line: incidents with their alerts, lone alerts, groups with their rows. */
import { writeItems } from '../../lib/items.ts';
import { alertSubject, type Subject } from '../../lib/subject.ts';
import type { AlertSummary, QueueGroup, QueueRow } from '../../lib/types.ts';

/**
 * `key` is the line's own. A row or member has the key of its alert or incident, but where that stands in several opened
 * groups: there each line after the first has its group behind it.
 */
export type Item =
  | {
      readonly type: 'row';
      readonly key: string;
      readonly row: QueueRow;
      readonly open: boolean;
      readonly inGroup: boolean;
    }
  | { readonly type: 'member'; readonly key: string; readonly alert: AlertSummary; readonly last: boolean }
  | { readonly type: 'group'; readonly key: string; readonly group: QueueGroup; readonly open: boolean }
  /** `key` begins with `note:`, `pending:` or `more:`; no cursor stops there. */
  | { readonly type: 'note'; readonly key: string; readonly text: string; readonly pending: boolean }
  | { readonly type: 'more'; readonly key: string };

/** Members of an incident as far as they are known. */
export interface Members {
  readonly alerts: readonly AlertSummary[] | undefined;
  readonly failed: boolean;
}

export interface GroupRows {
  /** Undefined while they are read. */
  readonly rows: readonly QueueRow[] | undefined;
  readonly failed: boolean;
  /** Rows that exist, of which the first are here; null where the group has no address. */
  readonly total: number | null;
}

export function groupKey(group: QueueGroup): string {
  return `group:${writeItems(group.values.map(({ field, value }) => `${field}=${value}`))}`;
}

/** Of the alert or incident that the line shows. */
export function subjectKey(lineKey: string): string {
  return lineKey.startsWith('group:') ? lineKey : (lineKey.split(' ', 1)[0] ?? lineKey);
}

export function rowItems(
  rows: readonly QueueRow[],
  expanded: ReadonlySet<string>,
  membersOf: (id: string) => Members,
  inGroup = false,
): Item[] {
  return rows.flatMap((row): Item[] => {
    const open = row.kind === 'incident' && expanded.has(row.key);
    const own: Item = { type: 'row', key: row.key, row, open, inGroup };
    return open ? [own, ...memberItems(row, membersOf(row.id))] : [own];
  });
}

function memberItems(row: QueueRow, { alerts, failed }: Members): Item[] {
  if (alerts === undefined) {
    const text = failed
      ? 'Its alerts could not be read. Close and open it to try again.'
      : 'Reading its alerts';
    return [{ type: 'note', key: `note:${row.key}`, text, pending: !failed }];
  }
  return alerts.map((alert, i) => ({
    type: 'member',
    key: alert.key,
    alert,
    last: i === alerts.length - 1,
  }));
}

export function groupItems(
  groups: readonly QueueGroup[],
  open: ReadonlySet<string>,
  rowsOf: (group: QueueGroup) => GroupRows,
  expanded: ReadonlySet<string>,
  membersOf: (id: string) => Members,
): Item[] {
  const seen = new Set<string>();
  const placed = (key: string, item: Item): Item => {
    if (!seen.has(item.key)) {
      seen.add(item.key);
      return item;
    }
    return { ...item, key: `${item.key} ${key}` };
  };
  return groups.flatMap((group): Item[] => {
    const key = groupKey(group);
    const isOpen = open.has(key);
    const head: Item = { type: 'group', key, group, open: isOpen };
    if (!isOpen) return [head];
    const { rows, failed, total } = rowsOf(group);
    if (rows === undefined) {
      const text = failed
        ? 'Its rows could not be read. Close and open it to try again.'
        : 'Reading its rows';
      return [head, { type: 'note', key: `note:${key}`, text, pending: !failed }];
    }
    const inside = rowItems(rows, expanded, membersOf, true).map((item) => placed(key, item));
    const rest = (total ?? rows.length) - rows.length;
    if (rest <= 0) return [head, ...inside];
    const text = `${rest.toLocaleString('en')} more: "Only these" shows all of them.`;
    return [head, ...inside, { type: 'note', key: `note:${key}`, text, pending: false }];
  });
}

export const heights = { row: 48, incident: 66, member: 29, group: 40, note: 29, more: 52 } as const;

export function heightOf(item: Item | undefined): number {
  if (item === undefined) return heights.row;
  if (item.type === 'row') return item.row.kind === 'incident' ? heights.incident : heights.row;
  return heights[item.type];
}

/** What triage acts on at this line; null for what is no alert or incident. */
export function subjectOf(item: Item | undefined): Subject | null {
  if (item === undefined) return null;
  if (item.type === 'row') return item.row;
  return item.type === 'member' ? alertSubject(item.alert) : null;
}

export function isStop(item: Item): boolean {
  return item.type === 'row' || item.type === 'member' || item.type === 'group';
}

/** The next line in this direction where the cursor may stand; the same one at the end. */
export function step(items: readonly Item[], key: string | null, by: 1 | -1): Item | undefined {
  const at = items.findIndex((item) => item.key === key);
  if (at === -1) return items.find(isStop);
  for (let next = at + by; next >= 0 && next < items.length; next += by) {
    const item = items[next];
    if (item !== undefined && isStop(item)) return item;
  }
  return items[at];
}

/** After closing: the next that is still open, else the one before, else none. */
export function nextOpen(items: readonly Item[], closed: ReadonlySet<string>, key: string): Item | undefined {
  const stops = items.filter(isStop);
  const at = stops.findIndex((item) => item.key === key);
  const isOpen = (item: Item) => {
    const subject = subjectOf(item);
    return subject !== null && subject.status !== 'closed' && !closed.has(subject.key);
  };
  return stops.slice(at + 1).find(isOpen) ?? stops.slice(0, Math.max(at, 0)).findLast(isOpen);
}

/** What stands between two lines, both included, and can be selected. */
export function between(items: readonly Item[], from: string, to: string): readonly string[] {
  const keys = items.filter((item) => subjectOf(item) !== null).map((item) => item.key);
  const [a, b] = [keys.indexOf(from), keys.indexOf(to)].toSorted((x, y) => x - y);
  const found = a === undefined || b === undefined || a === -1 ? [to] : keys.slice(a, b + 1);
  return found.map(subjectKey);
}

/** Those selected, without alerts whose incident is selected as well: it takes them with it. */
export function selectedSubjects(items: readonly Item[], selected: ReadonlySet<string>): readonly Subject[] {
  let inSelected = false;
  const found: Subject[] = [];
  for (const item of items) {
    const subject = subjectOf(item);
    if (item.type === 'row') inSelected = selected.has(item.row.key);
    if (subject === null || !selected.has(subject.key)) continue;
    if (item.type === 'member' && inSelected) continue;
    if (found.every((other) => other.id !== subject.id)) found.push(subject);
  }
  return found;
}
