/** A changed alert or incident reaches every list and page that shows it, and never goes back to an older version. */
import type { InfiniteData } from '@tanstack/react-query';
import { client, orpc, queryClient } from './api.ts';
import type { Subject } from './subject.ts';
import type { AlertDetail, AlertSummary, IncidentDetail, QueueRow } from './types.ts';

export interface QueuePage {
  readonly items: readonly QueueRow[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly totalExact: boolean;
}

type Patch = Partial<Subject> & Pick<Subject, 'kind' | 'id' | 'version'>;

/** Newer rows in place of older ones; where they stand does not change. */
export function patchRows(changed: readonly QueueRow[]): void {
  const byId = new Map(changed.map((row) => [row.id, row]));
  mapRows((row) => {
    const newer = byId.get(row.id);
    return newer !== undefined && newer.version >= row.version ? newer : row;
  });
}

/** In the list and in the opened groups. */
function mapRows(map: (row: QueueRow) => QueueRow): void {
  const inPage = (page: QueuePage): QueuePage => ({ ...page, items: page.items.map(map) });
  queryClient.setQueriesData<InfiniteData<QueuePage>>(
    { queryKey: orpc.queue.list.key({ type: 'infinite' }) },
    (data) => data && { ...data, pages: data.pages.map(inPage) },
  );
  queryClient.setQueriesData<QueuePage>(
    { queryKey: orpc.queue.list.key({ type: 'query' }) },
    (data) => data && inPage(data),
  );
}

/** What is known of a change before the whole record is read again. */
export function patchSubject(patch: Patch): void {
  const { kind: _, ...fields } = patch;
  const apply = <T extends { id: string; version: number }>(item: T): T =>
    item.id === patch.id && item.version <= patch.version ? { ...item, ...fields } : item;
  mapRows(apply);
  queryClient.setQueriesData<AlertDetail>(
    { queryKey: orpc.alerts.get.key({ type: 'query' }) },
    (data) => data && apply(data),
  );
  queryClient.setQueriesData<IncidentDetail>(
    { queryKey: orpc.incidents.get.key({ type: 'query' }) },
    (data) => data && { ...apply(data), members: data.members.map((member): AlertSummary => apply(member)) },
  );
}

/** Reads again what shows these: details at once, list rows one by one. */
export async function refresh(ids: readonly string[]): Promise<void> {
  void queryClient.invalidateQueries({ queryKey: orpc.alerts.get.key() });
  void queryClient.invalidateQueries({ queryKey: orpc.incidents.get.key() });
  await refreshRows(ids);
}

/** More changed rows than this are not asked for one by one. */
const askSinglyUpTo = 20;

export async function refreshRows(ids: readonly string[]): Promise<void> {
  const answers = await Promise.allSettled(ids.slice(0, askSinglyUpTo).map((id) => client.queue.get({ id })));
  patchRows(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])));
}

/** What is counted beside the list: facets, histogram, tabs, groups. */
export function refreshCounts(): Promise<unknown> {
  return Promise.all(
    [orpc.queue.facets.key(), orpc.queue.histogram.key(), orpc.queue.groups.key(), countKey].map((queryKey) =>
      queryClient.invalidateQueries({ queryKey }),
    ),
  );
}

/** Totals of the tabs. */
export const countKey = ['queue-count'] as const;
