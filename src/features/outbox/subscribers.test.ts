import { expect, test } from 'vitest';
import { fakeClock } from '../../base/clock.ts';
import { mainTenant } from '../../model/ids.ts';
import { createSubscribers, type LiveChange } from './subscribers.ts';

const scope = { tenant: mainTenant };
const change = (version: number): LiveChange => ({ type: 'alert.changed', alertId: 'a', version, at: 0 });

async function take(stream: AsyncIterable<LiveChange>, count: number): Promise<LiveChange[]> {
  const taken: LiveChange[] = [];
  for await (const item of stream) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

test('a subscriber gets what is published after the call, in order, before it begins to read', async () => {
  const subscribers = createSubscribers(fakeClock(0));
  const stream = subscribers.subscribe(scope, new AbortController().signal);
  subscribers.publish('main', change(1));
  subscribers.publish('main', change(2));
  expect(await take(stream, 2)).toEqual([change(1), change(2)]);
  expect(subscribers.count, 'a reader that stops is forgotten').toBe(0);
});

test('nobody sees the changes of another tenant', async () => {
  const subscribers = createSubscribers(fakeClock(0));
  const stream = subscribers.subscribe(scope, new AbortController().signal);
  subscribers.publish('other', change(1));
  subscribers.publish('main', change(2));
  expect(await take(stream, 1)).toEqual([change(2)]);
});

test('a subscriber that is too slow is told that it lagged and gets what comes after', async () => {
  const subscribers = createSubscribers(fakeClock(7), 3);
  const stream = subscribers.subscribe(scope, new AbortController().signal);
  for (let version = 1; version <= 5; version += 1) subscribers.publish('main', change(version));
  expect(await take(stream, 2)).toEqual([{ type: 'lagged', at: 7 }, change(5)]);
});

test('an abort ends a stream that waits', async () => {
  const subscribers = createSubscribers(fakeClock(0));
  const gone = new AbortController();
  const reading = take(subscribers.subscribe(scope, gone.signal), 1);
  gone.abort();
  expect(await reading).toEqual([]);
  expect(subscribers.count).toBe(0);
});

test('a stream asked for after the abort is empty', async () => {
  const subscribers = createSubscribers(fakeClock(0));
  expect(await take(subscribers.subscribe(scope, AbortSignal.abort()), 1)).toEqual([]);
  expect(subscribers.count).toBe(0);
});

test('closing ends all streams, so that the service can stop', async () => {
  const subscribers = createSubscribers(fakeClock(0));
  const readings = [1, 2].map(() => take(subscribers.subscribe(scope, new AbortController().signal), 1));
  subscribers.close();
  expect(await Promise.all(readings)).toEqual([[], []]);
});
