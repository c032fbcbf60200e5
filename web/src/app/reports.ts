/** What comes after a change: taking it back, and reading how something stands that was not changed. */
import { client } from '../lib/api.ts';
import { refresh, refreshCounts } from '../lib/cache.ts';
import { explain } from '../lib/errors.ts';
import { alertSubject, incidentSubject, nameOf, type Subject } from '../lib/subject.ts';
import { showToast } from '../lib/toasts.ts';
import type { BulkReport } from '../lib/types.ts';

export async function undo(operation: string): Promise<void> {
  try {
    const { changed, unchanged } = await client.queue.undo({ operation });
    await Promise.all([refresh(changed.map(({ id }) => id)), refreshCounts()]);
    if (changed.length > 0) showToast(`Took it back: ${nameOf(changed)} as before`);
    if (unchanged.length > 0) {
      const keys = unchanged.slice(0, 5).map(({ key }) => key);
      showToast(`Not taken back, changed by somebody since: ${keys.join(', ')}`, { failed: true });
    }
  } catch (error) {
    showToast(`Could not take it back; the change stands. ${explain(error)}`, { failed: true });
  }
}

export interface Current {
  readonly current: Subject;
  /** Who changed it last, as its history says; null where that was not a person's deed. */
  readonly by: string | null;
}

/** How an item stands now, and by whom. */
export async function readCurrent({ kind, id }: BulkReport['unchanged'][number]): Promise<Current> {
  if (kind === 'incident') {
    const incident = await client.incidents.get({ id });
    return { current: incidentSubject(incident), by: lastActor(incident.history) };
  }
  const alert = await client.alerts.get({ id });
  return { current: alertSubject(alert), by: lastActor(alert.history) };
}

function lastActor(
  history: readonly {
    readonly at: string;
    readonly actor: { readonly kind: string; readonly name: string };
  }[],
): string | null {
  const last = history.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1);
  return last === undefined || last.actor.kind === 'system' ? null : last.actor.name;
}
