/** An incident in the order in which it happened: its alerts, and between them what people did. */
import type { AlertSummary, IncidentDetail, IncidentHistoryEntry } from './types.ts';

export type Moment =
  | { readonly kind: 'alert'; readonly at: string; readonly alert: AlertSummary }
  | { readonly kind: 'deed'; readonly at: string; readonly entry: IncidentHistoryEntry };

export interface Day {
  /** `2020-10-19`. */
  readonly day: string;
  readonly moments: readonly Moment[];
}

export type Show = 'all' | 'alerts' | 'deeds';

export function timeline({ members, history }: IncidentDetail, show: Show): readonly Day[] {
  const alerts = members.map((alert): Moment => ({ kind: 'alert', at: alert.firstEventAt, alert }));
  const deeds = history.map((entry): Moment => ({ kind: 'deed', at: entry.at, entry }));
  const all = [...(show === 'deeds' ? [] : alerts), ...(show === 'alerts' ? [] : deeds)];
  const sorted = all.toSorted((a, b) => a.at.localeCompare(b.at));
  return [...Map.groupBy(sorted, (moment) => moment.at.slice(0, 10))].map(([day, moments]) => ({
    day,
    moments,
  }));
}
