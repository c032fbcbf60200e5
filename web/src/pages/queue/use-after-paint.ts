/** A value that is worth a drawing of its own only after the frame that answers the key. */
import { startTransition, useEffect, useState } from 'react';

/** A deferred value alone would be drawn before that frame, wherever React finds the time. */
export function useAfterPaint<T>(value: T): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => startTransition(() => setLate(value)));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [value]);
  return late;
}
