/** One search as it streams in: what was found so far, how far it is, and the way to stop it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { client, untilDone } from '../../lib/api.ts';
import type { HuntInput } from '../../lib/hunt.ts';
import type { HuntEvent, HuntItem, PartialAnswer } from '../../lib/types.ts';

export interface Hunt {
  readonly status: 'running' | 'done' | 'stopped' | 'failed';
  readonly events: readonly HuntEvent[];
  /** The rows are those of the search before; the new one has found nothing yet. */
  readonly old: boolean;
  readonly progress: Extract<HuntItem, { type: 'progress' }> | null;
  readonly ms: number;
  readonly partial: PartialAnswer | null;
  readonly error: unknown;
}

const nothing: Hunt = {
  status: 'running',
  events: [],
  old: false,
  progress: null,
  ms: 0,
  partial: null,
  error: null,
};

/** `run` changes when the same search is to be asked again. */
export function useHunt(
  input: HuntInput & { readonly fields: string; readonly limit: number },
  run: number,
  on: boolean,
): Hunt & { readonly stop: () => void } {
  const [hunt, setHunt] = useState(nothing);
  const abort = useRef<AbortController | null>(null);
  const key = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` asks again for the same
  useEffect(() => {
    if (!on) {
      setHunt({ ...nothing, status: 'stopped' });
      return undefined;
    }
    const controller = new AbortController();
    abort.current = controller;
    setHunt((before) => ({ ...nothing, events: before.events, old: true }));
    void follow(JSON.parse(key) as typeof input, controller.signal, (change) => {
      if (abort.current === controller) setHunt(change);
    });
    return () => controller.abort();
  }, [key, run, on]);
  const stop = useCallback(() => {
    abort.current?.abort();
    abort.current = null;
    setHunt((before) =>
      before.status === 'running' ? { ...before, status: 'stopped', old: false } : before,
    );
  }, []);
  return { ...hunt, stop };
}

async function follow(
  input: Parameters<typeof client.events.stream>[0],
  signal: AbortSignal,
  change: (next: (before: Hunt) => Hunt) => void,
): Promise<void> {
  try {
    for await (const item of untilDone(await client.events.stream(input, { signal }), signal)) {
      change((before) => after(before, item));
    }
  } catch (error) {
    if (!signal.aborted) change((before) => ({ ...before, status: 'failed', error }));
  }
}

function after(before: Hunt, item: HuntItem): Hunt {
  switch (item.type) {
    case 'events':
      return { ...before, old: false, events: before.old ? item.items : [...before.events, ...item.items] };
    case 'progress':
      return { ...before, progress: item };
    case 'done':
      return {
        ...before,
        status: 'done',
        old: false,
        events: before.old ? [] : before.events,
        ms: item.ms,
        partial: item.partial,
      };
  }
}
