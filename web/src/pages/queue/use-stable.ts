/** The same object for all time, whose functions are those of the last drawing. */
import { useEffect, useRef, useState } from 'react';

type Functions = { readonly [N in string]: (...args: never[]) => void };

export function useStable<T extends { readonly [N in keyof T]: (...args: never[]) => void }>(
  functions: T,
): T {
  const latest = useRef(functions);
  useEffect(() => {
    latest.current = functions;
  });
  const [stable] = useState(() => {
    const wrapped = Object.keys(functions).map((name) => [
      name,
      (...args: never[]) => (latest.current as Functions)[name]?.(...args),
    ]);
    return Object.fromEntries(wrapped) as T;
  });
  return stable;
}
