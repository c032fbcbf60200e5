import { expect, it } from 'vitest';
import { untilDone } from './until-done.ts';

async function* steps(...types: readonly string[]) {
  for (const type of types) yield { type };
}

async function read(of: AsyncIterable<{ type: string }>, signal = new AbortController().signal) {
  const seen: string[] = [];
  try {
    for await (const { type } of untilDone(of, signal)) seen.push(type);
    return seen;
  } catch (thrown) {
    return [...seen, (thrown as Error).name];
  }
}

it('a stream that ends without saying that it is done was lost, however much came before', async () => {
  expect(await read(steps('events', 'done'))).toEqual(['events', 'done']);
  expect(await read(steps('events', 'events'))).toEqual(['events', 'events', 'LostStream']);
  expect(await read(steps())).toEqual(['LostStream']);
});

it('one that was stopped is not lost', async () => {
  expect(await read(steps('events'), AbortSignal.abort())).toEqual(['events', 'AbortError']);
});
