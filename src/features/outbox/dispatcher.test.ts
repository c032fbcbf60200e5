import { beforeEach, expect, test } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { mainTenant } from '../../model/ids.ts';
import { createOutboxDispatcher, type DomainEvent, type OutboxDispatcher } from './dispatcher.ts';

const scope = { tenant: mainTenant };
const store = testRecords();
let clock: FakeClock;
let dispatcher: OutboxDispatcher;

beforeEach(async () => {
  await store.records.db.deleteFrom('outbox').execute();
  clock = fakeClock(Date.UTC(2026, 10, 24));
  dispatcher = createOutboxDispatcher({
    records: store.records,
    clock,
    logger: silentLogger,
    pollMs: 3_600_000,
  });
});

function write(type: string, payload: object, count = 1): Promise<unknown> {
  const row = {
    tenant: 'main',
    at: new Date(clock.now()),
    type,
    payload: JSON.stringify(payload),
    dispatched_at: null,
  };
  return store.records.db
    .insertInto('outbox')
    .values(Array.from({ length: count }, () => row))
    .execute();
}

function heard(): DomainEvent[] {
  const events: DomainEvent[] = [];
  dispatcher.listen((event) => events.push(event));
  return events;
}

test('events are dispatched once and in the order of their ids, over more than one batch', async () => {
  const events = heard();
  await write('alert.created', { alertId: 'a', version: 1 }, 1_200);
  expect(await dispatcher.dispatchPending()).toBe(1_200);
  expect(await dispatcher.dispatchPending()).toBe(0);
  const ids = events.map((event) => event.id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(ids).toHaveLength(1_200);
});

test('two dispatchers at once never hand out the same event', async () => {
  const events = heard();
  await write('alert.created', { alertId: 'a', version: 1 }, 900);
  const other = createOutboxDispatcher({
    records: store.records,
    clock,
    logger: silentLogger,
    pollMs: 1_000,
  });
  other.listen((event) => events.push(event));
  await Promise.all([dispatcher.dispatchPending(), other.dispatchPending()]);
  await dispatcher.dispatchPending();
  expect(new Set(events.map((event) => event.id)).size).toBe(900);
  expect(events).toHaveLength(900);
});

test('a change that was rolled back is never told', async () => {
  const events = heard();
  const undone = store.records.transaction(async (tx) => {
    await tx
      .insertInto('outbox')
      .values({ tenant: 'main', at: new Date(), type: 'alert.created', payload: '{}', dispatched_at: null })
      .execute();
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await dispatcher.dispatchPending();
  expect(events).toEqual([]);
});

test('live streams hear of alerts and of nothing else, and a malformed event costs only itself', async () => {
  const stream = dispatcher.subscribe(scope, new AbortController().signal)[Symbol.asyncIterator]();
  await write('rules.changed', { revision: 3 });
  await write('alert.changed', { alertId: 'no version' });
  await write('alert.changed', { alertId: 'a', version: 2 });
  await dispatcher.dispatchPending();
  expect((await stream.next()).value).toEqual({
    type: 'alert.changed',
    alertId: 'a',
    version: 2,
    at: clock.now(),
  });
  await stream.return?.();
});

test('a listener that throws takes nothing from the others', async () => {
  dispatcher.listen(() => {
    throw new Error('a fault of the listener');
  });
  const events = heard();
  await write('rules.changed', { revision: 1 });
  await dispatcher.dispatchPending();
  expect(events).toMatchObject([{ type: 'rules.changed', payload: { revision: 1 }, tenant: 'main' }]);
});

test('a nudge is answered at once, although the next poll is an hour away', async () => {
  dispatcher.start();
  const stream = dispatcher.subscribe(scope, new AbortController().signal)[Symbol.asyncIterator]();
  await write('alert.created', { alertId: 'n', version: 1 });
  dispatcher.nudge();
  expect((await stream.next()).value).toMatchObject({ alertId: 'n' });
  const last = stream.next();
  await dispatcher.stop();
  expect(await last, 'stopping ends the streams').toEqual({ done: true, value: undefined });
});

test('dispatched events are kept for a day; what is not dispatched is kept', async () => {
  await write('rules.changed', {}, 700);
  await dispatcher.dispatchPending();
  clock.advance(24 * 3_600_000);
  await write('rules.changed', {});
  expect(await dispatcher.prune()).toBe(0);
  clock.advance(1);
  expect(await dispatcher.prune()).toBe(700);
  expect(await store.records.db.selectFrom('outbox').select('id').execute()).toHaveLength(1);
});
