/** How often a peer may be wrong: failed authentications per peer in a window. */
import type { Clock, Instant } from '../../base/clock.ts';

export interface Attempts {
  /** Milliseconds until this peer may try again; 0 when it may now. */
  blockedForMs(peer: string): number;
  failed(peer: string): void;
}

interface Window {
  readonly since: Instant;
  failures: number;
}

/** Peers remembered at a time; the oldest are forgotten first. */
const maxPeers = 10_000;

export function createAttempts(clock: Clock, max: number, windowMs: number): Attempts {
  const windows = new Map<string, Window>();

  function current(peer: string): Window | undefined {
    const window = windows.get(peer);
    if (window === undefined || clock.now() - window.since < windowMs) return window;
    windows.delete(peer);
    return undefined;
  }

  return {
    blockedForMs(peer) {
      const window = current(peer);
      if (window === undefined || window.failures < max) return 0;
      return window.since + windowMs - clock.now();
    },
    failed(peer) {
      const window = current(peer);
      if (window !== undefined) {
        window.failures += 1;
        return;
      }
      const oldest = windows.size >= maxPeers ? windows.keys().next() : undefined;
      if (oldest !== undefined && oldest.done !== true) windows.delete(oldest.value);
      windows.set(peer, { since: clock.now(), failures: 1 });
    },
  };
}
