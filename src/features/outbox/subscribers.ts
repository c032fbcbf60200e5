/** Live streams of this process: each subscriber has a bounded queue, and one that is too slow is told so. */
import type { Clock, Instant } from '../../base/clock.ts';
import type { Scope } from '../../model/actor.ts';
import type { PresenceSubject, PresentPerson } from './presence.ts';

/** What a live stream tells: enough to know what to ask again, never the content. */
export type LiveChange =
  | {
      readonly type: 'alert.created' | 'alert.changed';
      readonly alertId: string;
      readonly version: number;
      readonly at: Instant;
    }
  | {
      readonly type: 'incident.created' | 'incident.changed';
      readonly incidentId: string;
      readonly version: number;
      readonly at: Instant;
    }
  /** A rule passed its cap of alerts an hour. */
  | { readonly type: 'rule.flooding'; readonly ruleId: string; readonly at: Instant }
  /** Who looks at an alert or incident has changed. */
  | {
      readonly type: 'presence';
      readonly subject: PresenceSubject;
      readonly people: readonly PresentPerson[];
      readonly at: Instant;
    }
  /** Changes were dropped because the subscriber was too slow: what it shows may be old, it must ask again. */
  | { readonly type: 'lagged'; readonly at: Instant };

export interface Subscribers {
  publish(tenant: string, change: LiveChange): void;
  /** Ends when `signal` aborts or the reader stops. It starts with the call, not with the first read. */
  subscribe(scope: Scope, signal: AbortSignal): AsyncIterable<LiveChange>;
  /** Ends all streams. */
  close(): void;
  readonly count: number;
}

interface Subscriber {
  readonly tenant: string;
  push(change: LiveChange): void;
  end(): void;
}

export function createSubscribers(clock: Clock, capacity = 256): Subscribers {
  const all = new Set<Subscriber>();

  function subscribe(scope: Scope, signal: AbortSignal): AsyncIterable<LiveChange> {
    let queue: LiveChange[] = [];
    let ended = signal.aborted;
    let wake: () => void = () => undefined;

    const end = () => {
      ended = true;
      all.delete(subscriber);
      signal.removeEventListener('abort', end);
      wake();
    };
    const subscriber: Subscriber = {
      tenant: scope.tenant,
      push(change) {
        // One `lagged` says as much as all that it replaces.
        if (queue.length >= capacity) queue = [{ type: 'lagged', at: clock.now() }];
        else queue.push(change);
        wake();
      },
      end,
    };
    if (!ended) {
      all.add(subscriber);
      signal.addEventListener('abort', end, { once: true });
    }

    async function* read(): AsyncGenerator<LiveChange> {
      try {
        while (!ended) {
          const next = queue.shift();
          if (next !== undefined) {
            yield next;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        end();
      }
    }
    return read();
  }

  return {
    subscribe,
    publish(tenant, change) {
      for (const subscriber of all) if (subscriber.tenant === tenant) subscriber.push(change);
    },
    close() {
      for (const subscriber of all) subscriber.end();
    },
    get count() {
      return all.size;
    },
  };
}
