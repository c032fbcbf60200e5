import { expect, test } from 'vitest';
import type { LogFacts } from '../base/logger.ts';
import { StopStack } from './stop-stack.ts';

function harness() {
  const errors: LogFacts[] = [];
  const timers = new Map<number, () => void>();
  const order: string[] = [];
  const stack = new StopStack({
    logger: { debug() {}, info() {}, warn() {}, error: (facts) => errors.push(facts) },
    after: (ms, then) => {
      timers.set(ms, then);
      return () => timers.delete(ms);
    },
  });
  return { errors, timers, order, stack };
}

test('what was started last stops first, because it may use what was started before', async () => {
  const { stack, order } = harness();
  for (const name of ['lock', 'store', 'http']) stack.push(name, () => void order.push(name));
  expect(await stack.stop()).toEqual({ failed: [] });
  expect(order).toEqual(['http', 'store', 'lock']);
});

test('a part waits for the one above it to have stopped', async () => {
  const { stack, order } = harness();
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  stack.push('store', () => void order.push('store'));
  stack.push('http', () => gate.then(() => void order.push('http')));
  const stopped = stack.stop();
  await Promise.resolve();
  expect(order).toEqual([]);
  open();
  await stopped;
  expect(order).toEqual(['http', 'store']);
});

test('a part that throws is named and the parts below it still stop', async () => {
  const { stack, errors, order } = harness();
  stack.push('lock', () => void order.push('lock'));
  stack.push('sync', () => {
    throw new Error('broken pipe');
  });
  stack.push('async', () => Promise.reject(new Error('timed out')));
  expect(await stack.stop()).toEqual({ failed: ['async', 'sync'] });
  expect(order).toEqual(['lock']);
  expect(errors).toEqual([
    { part: 'async', fault: 'timed out' },
    { part: 'sync', fault: 'broken pipe' },
  ]);
});

test('a part that never ends is given up after its own time', async () => {
  const { stack, timers, order } = harness();
  stack.push('lock', () => void order.push('lock'));
  stack.push('hung', () => new Promise<void>(() => undefined), 1_234);
  const stopped = stack.stop();
  await Promise.resolve();
  timers.get(1_234)?.();
  expect(await stopped).toEqual({ failed: ['hung'] });
  expect(order).toEqual(['lock']);
});

test('no timer outlives the stop, or the process would not end', async () => {
  const { stack, timers } = harness();
  stack.push('quick', () => undefined);
  await stack.stop();
  expect(timers.size).toBe(0);
});

test('a second signal while stopping gets the same stop, not another one', async () => {
  const { stack, order } = harness();
  stack.push('store', () => void order.push('store'));
  const [first, second] = await Promise.all([stack.stop(), stack.stop()]);
  expect(second).toBe(first);
  expect(order).toEqual(['store']);
});

test('nothing can be started while stopping, because nobody would stop it', async () => {
  const { stack } = harness();
  await stack.stop();
  expect(() => stack.push('late', () => undefined)).toThrow(/late.*stopping/);
});
