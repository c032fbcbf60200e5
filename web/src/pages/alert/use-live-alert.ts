/** An open alert follows what others do to it. */
import { useEffect } from 'react';
import { onLive } from '../../lib/live.ts';
import { throttled } from '../../lib/throttle.ts';

const readEveryMs = 1_000;

export function useLiveAlert(id: string | undefined, read: () => Promise<unknown>): void {
  useEffect(() => {
    if (id === undefined) return undefined;
    const reading = throttled(readEveryMs, () => void read());
    const stop = onLive((event) => {
      if (event.alertId === id) reading.call();
    });
    return () => {
      stop();
      reading.cancel();
    };
  }, [id, read]);
}
