/** Reads what the next key may show while nothing is pressed, so that it is there at once. */
import { useEffect } from 'react';
import { orpc, queryClient } from '../../lib/api.ts';
import { type Item, step, subjectOf } from './items.ts';
import type { Shown } from './use-shown.ts';

/** What is shown reads first. */
const afterMs = 250;

export function useNeighbours(items: readonly Item[], { key, passing }: Shown): void {
  useEffect(() => {
    if (key === null || passing) return undefined;
    const timer = setTimeout(() => {
      for (const by of [1, -1] as const) read(step(items, key, by));
    }, afterMs);
    return () => clearTimeout(timer);
  }, [items, key, passing]);
}

function read(item: Item | undefined): void {
  const subject = subjectOf(item);
  if (subject === null) return;
  if (subject.kind === 'incident') {
    const input = { id: subject.id };
    void queryClient.prefetchQuery(orpc.incidents.get.queryOptions({ input }));
    void queryClient.prefetchQuery(orpc.incidents.unseen.queryOptions({ input }));
    return;
  }
  const input = { id: subject.key };
  void queryClient.prefetchQuery(orpc.alerts.get.queryOptions({ input }));
  void queryClient.prefetchQuery(orpc.alerts.context.queryOptions({ input }));
  void queryClient.prefetchQuery(orpc.alerts.unseen.queryOptions({ input }));
  void queryClient.prefetchQuery(
    orpc.queue.similar.queryOptions({ input: { id: subject.id, by: 'rule_entity' } }),
  );
}
