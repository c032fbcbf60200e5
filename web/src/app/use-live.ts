/** An open alert or incident follows what others do to it. */
import { useEffect } from 'react';
import { onLive } from '../lib/live.ts';
import { throttled } from '../lib/throttle.ts';

const readEveryMs = 1_000;

export function useLive(id: string | undefined, read: () => Promise<unknown>): void {
  useEffect(() => {
    if (id === undefined) return undefined;
    const reading = throttled(readEveryMs, () => void read());
    const stop = onLive((event) => {
      if (event.type === 'presence') return;
      if (event.alertId === id || event.incidentId === id) reading.call();
    });
    return () => {
      stop();
      reading.cancel();
    };
  }, [id, read]);
}
