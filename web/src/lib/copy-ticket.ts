/** Copies an alert or incident as ticket text. */
import { client } from './api.ts';
import { copyText } from './copy.ts';
import { explain } from './errors.ts';
import type { Subject } from './subject.ts';
import { showToast } from './toasts.ts';

export async function copyTicket({ kind, id, key }: Pick<Subject, 'kind' | 'id' | 'key'>): Promise<void> {
  try {
    const done = await copyText(await textOf(kind, id, key));
    if (done) showToast(`Copied ${key} as ticket text`);
    else
      showToast('The browser refused to copy; open the page and select the text by hand.', { failed: true });
  } catch (error) {
    showToast(`Could not read ${key} to copy it. ${explain(error)}`, { failed: true });
  }
}

async function textOf(kind: Subject['kind'], id: string, key: string): Promise<string> {
  const { origin } = window.location;
  const { alertTicket, incidentTicket } = await import('./ticket-text.ts');
  if (kind === 'incident')
    return incidentTicket(await client.incidents.get({ id }), `${origin}/incidents/${key}`);
  const [alert, context] = await Promise.all([
    client.alerts.get({ id }),
    // The text says less without it, and says nothing wrong.
    client.alerts.context({ id }).catch(() => null),
  ]);
  return alertTicket(alert, context, `${origin}/alerts/${key}`);
}
