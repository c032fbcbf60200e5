/** Which records of a stream are stored already (ADR 1): one look-up of its head, more only if that is there. */
import type { Instant } from '../base/clock.ts';
import type { EventId, SourceId, TenantId } from '../model/ids.ts';
import type { EventStore } from '../store/events.ts';

export interface Dedupe {
  /** Indexes of `ids` that are stored. The first call of a stream must begin with its head. */
  stored(ids: readonly EventId[]): Promise<ReadonlySet<number>>;
}

const none: ReadonlySet<number> = new Set();

/** `since`: earlier receipts do not count. One per stream; a stream of one head must not run twice at once. */
export function createDedupe(
  heads: HeadLookup,
  events: EventStore,
  tenant: TenantId,
  source: SourceId,
  since: Instant,
): Dedupe {
  let fresh: boolean | null = null;
  return {
    async stored(ids) {
      const head = ids[0];
      if (head === undefined) return none;
      fresh ??= !(await heads.isStored(tenant, source, since, head));
      if (fresh) return none;
      const existing = await events.existing(tenant, source, since, ids);
      return new Set(ids.flatMap((id, i) => (existing.has(id) ? [i] : [])));
    },
  };
}

export interface HeadLookup {
  isStored(tenant: TenantId, source: SourceId, since: Instant, head: EventId): Promise<boolean>;
}

interface Pending {
  readonly head: EventId;
  resolve(stored: boolean): void;
  reject(error: unknown): void;
}

/**
 * Look-ups that come while one is running share the next query, if they ask about the same window:
 * many small deliveries cost few queries.
 */
export function createHeadLookup(events: EventStore): HeadLookup {
  const queues = new Map<string, Pending[]>();

  async function drain(tenant: TenantId, source: SourceId, since: Instant, key: string): Promise<void> {
    for (let group = queues.get(key) ?? []; group.length > 0; group = queues.get(key) ?? []) {
      queues.set(key, []);
      try {
        const found = await events.existing(
          tenant,
          source,
          since,
          group.map((one) => one.head),
        );
        for (const one of group) one.resolve(found.has(one.head));
      } catch (thrown) {
        for (const one of group) one.reject(thrown);
      }
    }
    queues.delete(key);
  }

  return {
    isStored(tenant, source, since, head) {
      const key = JSON.stringify([tenant, source, since]);
      return new Promise((resolve, reject) => {
        const pending: Pending = { head, resolve, reject };
        const queue = queues.get(key);
        if (queue !== undefined) {
          queue.push(pending);
          return;
        }
        queues.set(key, [pending]);
        void drain(tenant, source, since, key);
      });
    },
  };
}
