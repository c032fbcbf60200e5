/** The groups as they were read: what has changed since waits until it is asked for, like new rows do. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { orpc, queryClient } from '../../lib/api.ts';
import type { Filter } from '../../lib/filter.ts';
import { toInput } from '../../lib/queue-input.ts';
import type { QueueGroup } from '../../lib/types.ts';

const none: readonly QueueGroup[] = [];
const mostGroups = 200;

export function useGroups(filter: Filter, now: number) {
  const input = useMemo(
    () => ({ ...toInput(filter, now), by: [...filter.group], limit: mostGroups }),
    [filter, now],
  );
  const query = useQuery(orpc.queue.groups.queryOptions({ input, enabled: filter.group.length > 0 }));
  const { data } = query;
  const [kept, keep] = useState<{ readonly filter: Filter; readonly data: typeof data }>({ filter, data });
  // Those of another filter are no groups of this one.
  const isKept = kept.filter === filter && kept.data !== undefined;
  if (!isKept && data !== undefined) keep({ filter, data });
  const shown = isKept ? kept.data : data;
  const showNew = useCallback(async () => {
    keep({ filter, data });
    // Their rows, as they are now.
    await queryClient.invalidateQueries({ queryKey: orpc.queue.list.key({ type: 'query' }) });
  }, [filter, data]);
  return { query, shown: shown?.groups ?? none, changed: shown !== data && data !== undefined, showNew };
}
