/** The live stream: one connection for the whole console, told to whoever listens. */
import { client } from './api.ts';
import { isSignedOut } from './errors.ts';
import type { LiveEvent } from './types.ts';

/** `waiting`: not connected just now; what is shown may be old. */
export type LiveState = 'connecting' | 'open' | 'waiting';

const longestWaitMs = 30_000;
const listeners = new Set<(event: LiveEvent) => void>();
const watchers = new Set<() => void>();
let state: LiveState = 'connecting';

export function onLive(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function watchLiveState(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function liveState(): LiveState {
  return state;
}

function setState(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher();
}

/** Connects, and again after every loss with a growing pause; the returned function ends it. */
export function startLive(onReconnect: () => void, onSignedOut: () => void): () => void {
  const abort = new AbortController();
  void run(abort.signal, onReconnect, onSignedOut);
  return () => abort.abort();
}

async function run(signal: AbortSignal, onReconnect: () => void, onSignedOut: () => void): Promise<void> {
  let failures = 0;
  let lost = false;
  while (!signal.aborted) {
    try {
      const stream = await client.alerts.live(undefined, { signal });
      setState('open');
      if (lost) onReconnect();
      for await (const event of stream) {
        failures = 0;
        for (const listener of listeners) listener(event);
      }
    } catch (error) {
      // The loss itself is shown by the state below; only a lost session needs more.
      if (!signal.aborted && isSignedOut(error)) onSignedOut();
    }
    lost = true;
    failures += 1;
    if (!signal.aborted) {
      setState('waiting');
      await pause(Math.min(500 * 2 ** failures, longestWaitMs), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
