/** The lines of the list, with what is read for those that are opened. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { orpc } from '../../lib/api.ts';
import { type Filter, groupFilter, toggle } from '../../lib/filter.ts';
import { toInput } from '../../lib/queue-input.ts';
import type { QueueGroup } from '../../lib/types.ts';
import { type GroupRows, groupItems, groupKey, type Item, type Members, rowItems } from './items.ts';
import { useGroups } from './use-groups.ts';
import type { useQueue } from './use-queue.ts';

/** What was open when the page was left, for coming back to it. */
const left: { expanded: readonly string[]; groups: readonly string[] } = { expanded: [], groups: [] };
/** Rows shown of an opened group. */
const groupPage = 100;

export function useItems(filter: Filter, queue: ReturnType<typeof useQueue>) {
  const [expanded, setExpanded] = useState(left.expanded);
  const [openGroups, setOpenGroups] = useState(left.groups);
  useEffect(() => {
    left.expanded = expanded;
    left.groups = openGroups;
  }, [expanded, openGroups]);
  // One moment for both, so that a group's rows are those that it counts.
  const now = useNow(filter);
  const groups = useGroups(filter, now);
  const groupRows = useGroupRows(filter, now, groups.shown, openGroups);
  const known = useMemo(
    () =>
      filter.group.length === 0 ? queue.rows : [...groupRows.values()].flatMap(({ rows }) => rows ?? []),
    [filter.group, queue.rows, groupRows],
  );
  const openIncidents = useMemo(
    () => known.filter((row) => row.kind === 'incident' && expanded.includes(row.key)),
    [known, expanded],
  );
  // One can stand in several groups.
  const members = useMembers([...new Set(openIncidents.map((row) => row.id))]);
  const items = useMemo((): readonly Item[] => {
    const membersOf = (id: string): Members => members.get(id) ?? { alerts: undefined, failed: false };
    const open = new Set(expanded);
    if (filter.group.length === 0) {
      const rows = rowItems(queue.rows, open, membersOf);
      return queue.list.hasNextPage ? [...rows, { type: 'more', key: 'more:rows' }] : rows;
    }
    return groupItems(
      groups.shown,
      new Set(openGroups),
      (group) => groupRows.get(groupKey(group)) ?? { rows: undefined, failed: false, total: null },
      open,
      membersOf,
    );
  }, [
    filter.group,
    queue.rows,
    queue.list.hasNextPage,
    groups.shown,
    groupRows,
    openGroups,
    expanded,
    members,
  ]);
  const toggleOpen = useCallback((item: Item) => {
    if (item.type === 'group') setOpenGroups((open) => toggle(open, item.key));
    else if (item.type === 'row' && item.row.kind === 'incident')
      setExpanded((open) => toggle(open, item.row.key));
  }, []);
  return { items, groups, toggleOpen };
}

function useGroupRows(
  filter: Filter,
  now: number,
  groups: readonly QueueGroup[],
  open: readonly string[],
): ReadonlyMap<string, GroupRows> {
  const wanted = useMemo(
    () =>
      groups
        .filter((group) => open.includes(groupKey(group)))
        .map((group) => ({ key: groupKey(group), filter: groupFilter(filter, group.values) })),
    [filter, groups, open],
  );
  const answers = useQueries({
    queries: wanted.map((group) =>
      orpc.queue.list.queryOptions({
        input: {
          ...toInput(group.filter ?? filter, now),
          sort: filter.sort,
          limit: groupPage,
        },
        enabled: group.filter !== null,
        // They stay as they are until the groups are read again.
        staleTime: Number.POSITIVE_INFINITY,
      }),
    ),
    combine: (found) =>
      found.map(({ data, isError }) => ({ rows: data?.items, failed: isError, total: data?.total })),
  });
  return useMemo(
    () =>
      new Map(
        answers.map(({ rows, failed, total }, i): [string, GroupRows] => [
          wanted[i]?.key ?? '',
          { rows: wanted[i]?.filter === null ? [] : rows, failed, total: total ?? null },
        ]),
      ),
    [answers, wanted],
  );
}

/** Plain arrays come back the same while nothing in them changes; a map would be new each time. */
function useMembers(ids: readonly string[]): ReadonlyMap<string, Members> {
  const answers = useQueries({
    queries: ids.map((id) => orpc.incidents.get.queryOptions({ input: { id } })),
    combine: (found) =>
      found.map(({ data, isError }, i) => ({ id: ids[i] ?? '', alerts: data?.members, failed: isError })),
  });
  return useMemo(() => new Map(answers.map(({ id, alerts, failed }) => [id, { alerts, failed }])), [answers]);
}

/** When the filter came. */
function useNow(filter: Filter): number {
  const [since, set] = useState({ filter, now: Date.now() });
  if (since.filter === filter) return since.now;
  const next = { filter, now: Date.now() };
  set(next);
  return next.now;
}
