/** How a search is told while it goes: at once, in portions, with progress, and with what is missing at its end. */
import { describe, expect, test } from 'vitest';
import type { FoundEvent, HuntStep } from '../../api/routes/hunts-service.ts';
import { fakeClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { type Run, streamHunt } from './stream.ts';

const clock = fakeClock(1_000);
const event = (at: number) => ({ time: at }) as FoundEvent;
const never = new AbortController().signal;

const run = (search: Run['search'], limit = 1_000): Run => ({ limit, timeOf: ({ time }) => time, search });

async function told(steps: AsyncIterable<HuntStep>): Promise<HuntStep[]> {
  const all: HuntStep[] = [];
  for await (const step of steps) all.push(step);
  return all;
}
const sizes = (steps: readonly HuntStep[]) =>
  steps.map((step) => (step.type === 'events' ? step.items.length : step.type));

async function* events(n: number): AsyncGenerator<FoundEvent> {
  for (let i = 0; i < n; i++) yield event(n - i);
}

describe('a search as a stream', () => {
  test('the first events go early, then portions, and nothing is lost or doubled', async () => {
    const steps = await told(
      streamHunt(
        run(() => events(600)),
        clock,
        never,
      ),
    );
    expect(sizes(steps)).toEqual([50, 200, 200, 150, 'done']);
    const times = steps.flatMap((step) => (step.type === 'events' ? step.items.map((one) => one.time) : []));
    expect(times).toEqual(Array.from({ length: 600 }, (_, i) => 600 - i));
    expect(steps.at(-1)).toEqual({ type: 'done', found: 600, ms: 0, partial: null });
  });

  test('at its limit it says that more may match, and before when', async () => {
    const steps = await told(
      streamHunt(
        run(() => events(3), 3),
        clock,
        never,
      ),
    );
    expect(steps.at(-1)).toMatchObject({ found: 3, partial: { reason: 'limit', before: 1 } });
  });

  test('what was found goes out with progress, because the next find may be far', async () => {
    let found: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      found = resolve;
    });
    const stream = streamHunt(
      run(async function* ({ onProgress }) {
        yield event(9);
        queueMicrotask(() => onProgress({ rowsRead: 5, rowsTotal: 10, examined: 5 }));
        await waiting;
        yield event(1);
      }),
      clock,
      never,
    );
    expect(sizes([(await stream.next()).value as HuntStep])).toEqual([1]);
    expect((await stream.next()).value).toEqual({
      type: 'progress',
      found: 1,
      rowsRead: 5,
      rowsTotal: 10,
      examined: 5,
    });
    found();
    expect(sizes(await told(stream))).toEqual([1, 'done']);
  });

  test.each([
    { cap: 'time', details: { cap: 'time' } },
    { cap: 'memory', details: { cap: 'memory' } },
  ])('the store’s cap of $cap makes it partial; what was found stays', async ({ cap, details }) => {
    const search = async function* () {
      yield event(7);
      throw new AppError('E_TOO_LARGE', 'too large', details);
    };
    const steps = await told(streamHunt(run(search), clock, never));
    expect(sizes(steps)).toEqual([1, 'done']);
    expect(steps.at(-1)).toMatchObject({ partial: { reason: cap, before: 7 } });
  });

  test('where it stopped to look is told, also when nothing was found', async () => {
    const search: Run['search'] = ({ onStopped }) => {
      onStopped(42, 'examined');
      return events(0);
    };
    const steps = await told(streamHunt(run(search), clock, never));
    expect(steps).toEqual([{ type: 'done', found: 0, ms: 0, partial: { reason: 'examined', before: 42 } }]);
  });

  test('another failure is no partial answer', async () => {
    const search = async function* () {
      yield event(7);
      throw new AppError('E_STORE_UNAVAILABLE', 'away');
    };
    await expect(told(streamHunt(run(search), clock, never))).rejects.toMatchObject({
      code: 'E_STORE_UNAVAILABLE',
    });
  });

  test('a reader that leaves ends the search', async () => {
    let seen: AbortSignal | null = null;
    const stream = streamHunt(
      run((_tell, signal) => {
        seen = signal;
        return events(600);
      }),
      clock,
      never,
    );
    await stream.next();
    await stream.return();
    expect(seen).toMatchObject({ aborted: true });
  });
});
