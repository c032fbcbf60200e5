/** At most one call per span of time: the first at once, the last one never lost. */

export interface Throttled {
  readonly call: () => void;
  readonly cancel: () => void;
}

export function throttled(everyMs: number, act: () => void): Throttled {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const run = (): void => {
    act();
    timer = setTimeout(() => {
      timer = null;
      if (!again) return;
      again = false;
      run();
    }, everyMs);
  };
  return {
    call: () => {
      if (timer === null) run();
      else again = true;
    },
    cancel: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      again = false;
    },
  };
}
