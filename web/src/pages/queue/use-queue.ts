/** The queue's rows: what was loaded stays where it is; what is new waits until it is asked for. */
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { orpc, queryClient } from '../../lib/api.ts';
import { patchRows, refreshCounts, refreshRows } from '../../lib/cache.ts';
import { type Filter, fits } from '../../lib/filter.ts';
import { onLive } from '../../lib/live.ts';
import { toInput } from '../../lib/queue-input.ts';
import { throttled } from '../../lib/throttle.ts';
import type { QueueRow } from '../../lib/types.ts';

const pageSize = 100;
const peekEveryMs = 1_500;
const countEveryMs = 4_000;

export function useQueue(filter: Filter, me: string) {
  const input = useMemo(
    () => ({ ...toInput(filter, Date.now()), sort: filter.sort, limit: pageSize }),
    [filter],
  );
  const options = orpc.queue.list.infiniteOptions({
    input: (cursor: string | undefined) => ({ ...input, ...(cursor === undefined ? {} : { cursor }) }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // Rows move only when a person asks for it.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
    enabled: filter.group.length === 0,
  });
  const list = useInfiniteQuery(options);
  // The first page as it is now; its rows are compared with what is shown.
  const now = useQuery(
    orpc.queue.list.queryOptions({ input, enabled: list.isSuccess, staleTime: Number.POSITIVE_INFINITY }),
  );
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  useLiveRows(
    rows,
    async () => {
      // Groups are counted, and that is asked for by itself.
      if (filter.group.length > 0) return;
      // The first reading is joined by this one while it is under way, and may have looked before the change.
      const first = now.data === undefined;
      await now.refetch();
      if (first) await now.refetch();
    },
    list.isSuccess || filter.group.length > 0,
  );
  useEffect(() => {
    if (now.data !== undefined) patchRows(changedRows(rows, now.data.items));
  }, [now.data, rows]);

  const shown = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);
  const newCount = useMemo(
    () => now.data?.items.filter((row) => !shown.has(row.id)).length ?? 0,
    [now.data, shown],
  );
  const doneCount = useMemo(() => rows.filter((row) => !fits(row, filter, me)).length, [rows, filter, me]);
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
  return {
    list,
    rows,
    newCount,
    doneCount,
    showNew,
    total: newest?.total,
    totalExact: newest?.totalExact ?? true,
  };
}

/** Only those that are shown in an older version. */
function changedRows(rows: readonly QueueRow[], fresh: readonly QueueRow[]): readonly QueueRow[] {
  const versions = new Map(rows.map((row) => [row.id, row.version]));
  return fresh.filter((row) => (versions.get(row.id) ?? row.version) < row.version);
}

function useLiveRows(rows: readonly QueueRow[], peek: () => Promise<unknown>, on: boolean): void {
  const versions = useMemo(() => new Map(rows.map((row) => [row.id, row.version])), [rows]);
  // What is looked for next must not be forgotten because rows changed meanwhile.
  const latest = useRef({ versions, peek });
  useEffect(() => {
    latest.current = { versions, peek };
  });
  useEffect(() => {
    if (!on) return undefined;
    const changed = new Set<string>();
    const look = throttled(peekEveryMs, () => {
      const asked = [...changed];
      changed.clear();
      void Promise.all([latest.current.peek(), refreshRows(asked)]);
    });
    const count = throttled(countEveryMs, () => void refreshCounts());
    const stop = onLive((event) => {
      if (event.type === 'presence') return;
      // The stream begins: what came since the rows were read was told to nobody.
      if (event.type === 'ping') {
        look.call();
        return;
      }
      for (const id of [event.alertId, event.incidentId]) {
        const seen = id === undefined ? undefined : latest.current.versions.get(id);
        if (id !== undefined && seen !== undefined && seen < (event.version ?? seen + 1)) changed.add(id);
      }
      look.call();
      count.call();
    });
    return () => {
      stop();
      look.cancel();
      count.cancel();
    };
  }, [on]);
}
