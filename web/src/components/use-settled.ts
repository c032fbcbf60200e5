/** Draws together what is read apart, so that nothing moves under the pointer when the last of it comes. */
import { useEffect, useState } from 'react';
import { usePassing } from '../lib/passing.ts';

/** Nobody has read anything by then. Who comes later has to keep to the place that was left for it. */
const patienceMs = 400;

/** True when nothing is pending any more, or it was waited for long enough; it stays true. */
export function useSettled(pending: boolean): boolean {
  const passing = usePassing();
  const [over, setOver] = useState(!pending);
  if (!pending && !over) setOver(true);
  useEffect(() => {
    if (over || passing) return undefined;
    const timer = setTimeout(() => setOver(true), patienceMs);
    return () => clearTimeout(timer);
  }, [over, passing]);
  return over;
}
