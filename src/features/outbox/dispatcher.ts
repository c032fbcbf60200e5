/** The one reader of the outbox: hands committed domain events to listeners and live streams. */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Scope } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';
import { createSubscribers, type LiveChange } from './subscribers.ts';

export interface DomainEvent {
  readonly id: number;
  readonly tenant: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Epoch ms, UTC. */
  readonly at: number;
}

export interface OutboxDispatcher {
  start(): void;
  /** Finishes what is under way and ends all streams. */
  stop(): Promise<void>;
  /** Reads at once: something was just committed here. */
  nudge(): void;
  /** Reads until nothing is left. Returns how many events were dispatched. */
  dispatchPending(): Promise<number>;
  /**
   * Called once per event after it is marked, so at most once over a crash: what a listener must
   * not lose it reads from its own tables at start. Returns the way to leave.
   */
  listen(listener: (event: DomainEvent) => void): () => void;
  /** Changes of alerts and incidents of the scope's tenant, and what is announced, until the signal aborts. */
  subscribe(scope: Scope, signal: AbortSignal): AsyncIterable<LiveChange>;
  /** Tells the live streams of a tenant what no record holds. */
  announce(tenant: string, change: LiveChange): void;
  /** Deletes events dispatched more than a day ago. Returns how many. */
  prune(): Promise<number>;
}

export interface OutboxDeps {
  readonly records: Pick<Records, 'db' | 'transaction'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a commit that nobody nudged about may wait. */
  readonly pollMs: number;
}

const batchSize = 500;
const pruneEveryMs = 3_600_000;
const keepMs = 24 * 3_600_000;

export function createOutboxDispatcher(deps: OutboxDeps): OutboxDispatcher {
  const { records, clock, logger } = deps;
  const subscribers = createSubscribers(clock);
  const listeners = new Set<(event: DomainEvent) => void>();
  let running: Promise<void> | null = null;
  let stopping = false;
  let nudged = false;
  let wake: () => void = () => undefined;
  let prunedAt = 0;

  function deliver(event: DomainEvent): void {
    const change = liveChange(event);
    if (change === 'malformed') {
      logger.error({ id: event.id, type: event.type }, 'domain event lacks what it is about, or its version');
    } else if (change !== null) {
      subscribers.publish(event.tenant, change);
    }
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (thrown) {
        logger.error({ type: event.type, error: messageOf(thrown) }, 'listener of domain events failed');
      }
    }
  }

  async function dispatchPending(): Promise<number> {
    let total = 0;
    for (;;) {
      const events = await takeBatch(records, clock);
      for (const event of events) deliver(event);
      total += events.length;
      if (events.length < batchSize) return total;
    }
  }

  async function prune(): Promise<number> {
    const before = new Date(clock.now() - keepMs);
    let total = 0;
    for (;;) {
      const deleted = await pruneBatch(records, before);
      total += deleted;
      if (deleted < batchSize) return total;
    }
  }

  async function pause(): Promise<void> {
    if (nudged || stopping) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, deps.pollMs);
    });
    clearTimeout(timer);
  }

  async function run(): Promise<void> {
    while (!stopping) {
      nudged = false;
      try {
        await dispatchPending();
        if (clock.now() - prunedAt >= pruneEveryMs) {
          prunedAt = clock.now();
          await prune();
        }
      } catch (thrown) {
        // The events stay marked as they were; the next round takes them.
        logger.warn({ error: messageOf(thrown) }, 'outbox not read, trying again');
        nudged = false;
      }
      await pause();
    }
  }

  return {
    dispatchPending,
    prune,
    subscribe: (scope, signal) => subscribers.subscribe(scope, signal),
    announce: (tenant, change) => subscribers.publish(tenant, change),
    start() {
      running ??= run();
    },
    async stop() {
      stopping = true;
      wake();
      await running;
      subscribers.close();
    },
    nudge() {
      nudged = true;
      wake();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Takes the oldest events that no other reader holds and marks them. */
function takeBatch(records: Pick<Records, 'transaction'>, clock: Clock): Promise<readonly DomainEvent[]> {
  return records.transaction(async (tx) => {
    const rows = await tx
      .selectFrom('outbox')
      .selectAll()
      .where('dispatched_at', 'is', null)
      .orderBy('id')
      .limit(batchSize)
      .forUpdate()
      .skipLocked()
      .execute();
    if (rows.length === 0) return [];
    await tx
      .updateTable('outbox')
      .set({ dispatched_at: new Date(clock.now()) })
      .where(
        'id',
        'in',
        rows.map((row) => row.id),
      )
      .execute();
    return rows.map(toEvent);
  });
}

async function pruneBatch(records: Pick<Records, 'db'>, before: Date): Promise<number> {
  const deleted = await records.db
    .deleteFrom('outbox')
    .where('id', 'in', (eb) =>
      eb.selectFrom('outbox').select('id').where('dispatched_at', '<', before).orderBy('id').limit(batchSize),
    )
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

function toEvent(row: Row<'outbox'>): DomainEvent {
  return {
    id: row.id,
    tenant: row.tenant,
    type: row.type,
    payload: row.payload,
    at: row.at.getTime(),
  };
}

/** Null for what live streams do not tell. */
function liveChange(event: DomainEvent): LiveChange | 'malformed' | null {
  const { alertId, incidentId, ruleId, version } = event.payload;
  switch (event.type) {
    case 'alert.created':
    case 'alert.changed':
      if (typeof alertId !== 'string' || typeof version !== 'number') return 'malformed';
      return { type: event.type, alertId, version, at: event.at };
    case 'incident.created':
    case 'incident.changed':
      if (typeof incidentId !== 'string' || typeof version !== 'number') return 'malformed';
      return { type: event.type, incidentId, version, at: event.at };
    case 'rule.flooding':
      if (typeof ruleId !== 'string') return 'malformed';
      return { type: event.type, ruleId, at: event.at };
    default:
      return null;
  }
}
