/** The queue's rows: what was loaded stays where it is; what is new waits until it is asked for. */
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { client, orpc, queryClient } from '../../lib/api.ts';
import { patchAlerts } from '../../lib/cache.ts';
import { type Filter, fits, toInput } from '../../lib/filter.ts';
import { onLive } from '../../lib/live.ts';
import { throttled } from '../../lib/throttle.ts';
import type { AlertSummary } from '../../lib/types.ts';

const pageSize = 100;
const peekEveryMs = 1_000;
/** More changed rows than this are not asked for one by one. */
const askSinglyUpTo = 20;

export function useQueue(filter: Filter, me: string) {
  const input = useMemo(() => ({ ...toInput(filter), limit: pageSize }), [filter]);
  const options = orpc.alerts.list.infiniteOptions({
    input: (cursor: string | undefined) => ({ ...input, ...(cursor === undefined ? {} : { cursor }) }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows move only when a person asks for it.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
  });
  const list = useInfiniteQuery(options);
  // The first page as it is now; its rows are compared with what is shown.
  const now = useQuery(
    orpc.alerts.list.queryOptions({ input, enabled: list.isSuccess, staleTime: Number.POSITIVE_INFINITY }),
  );
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  useLiveRows(rows, now.refetch, list.isSuccess);
  useEffect(() => {
    if (now.data !== undefined) patchAlerts(changedRows(rows, now.data.items));
  }, [now.data, rows]);

  const shown = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);
  const newCount = now.data?.items.filter((alert) => !shown.has(alert.id)).length ?? 0;
  const doneCount = rows.filter((row) => !fits(row, filter, me)).length;
  const { queryKey } = options;
  const showNew = useCallback(async () => {
    const fresh = await now.refetch();
    if (fresh.data === undefined) return;
    queryClient.setQueryData<InfiniteData<typeof fresh.data, string | undefined>>(queryKey, {
      pages: [fresh.data],
      pageParams: [undefined],
    });
  }, [now.refetch, queryKey]);
  // An empty list has no row that could move away under the reader.
  const empty = list.isSuccess && rows.length === 0;
  useEffect(() => {
    if (empty && newCount > 0) void showNew();
  }, [empty, newCount, showNew]);
  const newest = now.data ?? list.data?.pages[0];
  return { list, rows, newCount, doneCount, showNew, total: newest?.total, counts: newest?.counts };
}

/** Only those that are shown in an older version. */
function changedRows(rows: readonly AlertSummary[], fresh: readonly AlertSummary[]): readonly AlertSummary[] {
  const versions = new Map(rows.map((row) => [row.id, row.version]));
  return fresh.filter((alert) => (versions.get(alert.id) ?? alert.version) < alert.version);
}

function useLiveRows(rows: readonly AlertSummary[], peek: () => Promise<unknown>, on: boolean): void {
  const ids = useMemo(() => new Map(rows.map((row) => [row.id, row.version])), [rows]);
  useEffect(() => {
    if (!on) return undefined;
    const changed = new Set<string>();
    const look = throttled(peekEveryMs, () => {
      const asked = [...changed].slice(0, askSinglyUpTo);
      changed.clear();
      void Promise.all([peek(), refreshRows(asked), refreshFacets()]);
    });
    const stop = onLive((event) => {
      if (event.type === 'ping') return;
      const seen = event.alertId === undefined ? undefined : ids.get(event.alertId);
      if (event.alertId !== undefined && seen !== undefined && seen < (event.version ?? seen + 1)) {
        changed.add(event.alertId);
      }
      look.call();
    });
    return () => {
      stop();
      look.cancel();
    };
  }, [on, ids, peek]);
}

async function refreshRows(ids: readonly string[]): Promise<void> {
  const answers = await Promise.allSettled(ids.map((id) => client.alerts.get({ id })));
  patchAlerts(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
}

function refreshFacets(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['owner-count'] });
}
