/** A changed alert reaches every list and page that shows it, and never goes back to an older version. */
import type { InfiniteData } from '@tanstack/react-query';
import { orpc, queryClient } from './api.ts';
import type { AlertDetail, AlertSummary } from './types.ts';

export interface AlertPage {
  readonly items: readonly AlertSummary[];
  readonly nextCursor: string | null;
}

export function patchAlerts(changed: readonly AlertSummary[]): void {
  const byId = new Map(changed.map((alert) => [alert.id, alert]));
  queryClient.setQueriesData<InfiniteData<AlertPage>>(
    { queryKey: orpc.alerts.list.key({ type: 'infinite' }) },
    (data) => data && { ...data, pages: data.pages.map((page) => patchPage(page, byId)) },
  );
  for (const alert of changed) {
    queryClient.setQueryData<AlertDetail>(detailKey(alert.key), (data) =>
      data !== undefined && data.version < alert.version ? { ...data, ...alert } : data,
    );
    // Its history grew as well.
    void queryClient.invalidateQueries({ queryKey: detailKey(alert.key) });
  }
}

export function detailKey(key: string) {
  return orpc.alerts.get.queryKey({ input: { id: key } });
}

function patchPage(page: AlertPage, byId: ReadonlyMap<string, AlertSummary>): AlertPage {
  if (!page.items.some((alert) => isOlder(alert, byId.get(alert.id)))) return page;
  return {
    ...page,
    items: page.items.map((alert) => {
      const changed = byId.get(alert.id);
      return changed !== undefined && isOlder(alert, changed) ? changed : alert;
    }),
  };
}

function isOlder(alert: AlertSummary, changed: AlertSummary | undefined): boolean {
  return changed !== undefined && alert.version < changed.version;
}
