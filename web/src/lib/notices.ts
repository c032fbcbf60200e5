/** Desktop notices for new critical alerts: off until a person asks for them in this browser. */
import { client } from './api.ts';
import { onLive } from './live.ts';
import { showToast } from './toasts.ts';
import { visibleText } from './visible.ts';

const storageKey = 'watchfloor.notices';

export function noticesOn(): boolean {
  return localStorage.getItem(storageKey) === 'on' && allowed();
}

function allowed(): boolean {
  return 'Notification' in window && Notification.permission === 'granted';
}

export async function toggleNotices(): Promise<void> {
  if (noticesOn()) {
    localStorage.removeItem(storageKey);
    showToast('Desktop notices are off');
    return;
  }
  if (!('Notification' in window)) {
    showToast('This browser shows desktop notices only over https or on localhost.', { failed: true });
    return;
  }
  if ((await Notification.requestPermission()) !== 'granted') {
    showToast('The browser does not allow notices of this page: change that beside its address.', {
      failed: true,
    });
    return;
  }
  localStorage.setItem(storageKey, 'on');
  showToast('Desktop notices for new critical alerts are on, in this browser');
}

/** Tells of new critical ones while the console is open; `onOpen` is what a click on a notice leads to. */
export function startNotices(onOpen: (key: string) => void): () => void {
  return onLive((event) => {
    if (event.type === 'alert.created' && event.alertId !== undefined && noticesOn()) {
      void notify(event.alertId, onOpen);
    }
  });
}

async function notify(id: string, onOpen: (key: string) => void): Promise<void> {
  const alert = await client.alerts.get({ id }).catch(() => null);
  // One that can't be read is in the queue all the same.
  if (alert === null || alert.severity !== 'critical') return;
  const notice = new Notification(`${alert.key} critical: ${visibleText(alert.title)}`, {
    body: visibleText([alert.host, alert.user].filter((name) => name !== '').join(', ')),
    tag: alert.incident?.key ?? alert.key,
  });
  notice.addEventListener('click', () => {
    window.focus();
    onOpen(alert.key);
    notice.close();
  });
}
