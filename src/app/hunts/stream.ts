/** One search as it goes: events in portions as they are found, progress between them, and at the end what is missing. */
import type { FoundEvent, HuntStep, PartialAnswer } from '../../api/routes/hunts-service.ts';
import type { Clock, Instant } from '../../base/clock.ts';
import type { HuntProgress } from '../../store/events.ts';
import { capOf } from './caps.ts';

/** Most events that go out together; the first ones go early, so that something is seen at once. */
const portion = 200;
const firstPortion = 50;

export interface Run {
  readonly limit: number;
  /** Starts the search; it ends when the signal aborts. */
  search(
    tell: {
      readonly onProgress: (progress: HuntProgress) => void;
      readonly onStopped: (at: Instant) => void;
    },
    signal: AbortSignal,
  ): AsyncIterable<FoundEvent>;
  /** The time by which the events are ordered. */
  timeOf(event: FoundEvent): Instant;
}

export async function* streamHunt(
  run: Run,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<HuntStep, void, void> {
  const started = clock.now();
  const left = new AbortController();
  const state = new HuntState();
  const tell = { onProgress: state.progress, onStopped: state.stopped };
  const portions = inPortions(run.search(tell, AbortSignal.any([signal, left.signal])), state);
  let cap: 'time' | 'memory' | null = null;
  try {
    let next = portions.next();
    for (let over = false; !over; ) {
      const done = await Promise.race([next.then((one) => one.done === true), state.news()]);
      if (state.waiting.length > 0) yield { type: 'events', items: state.waiting.splice(0) };
      if (done === 'news') yield { type: 'progress', found: state.found, ...state.latest };
      else if (done) over = true;
      else next = portions.next();
    }
  } catch (thrown) {
    cap = capOf(thrown);
    if (state.waiting.length > 0) yield { type: 'events', items: state.waiting.splice(0) };
  } finally {
    // The reader may have gone in the middle.
    left.abort();
  }
  const { last, stoppedAt, found } = state;
  const lastAt = last === null ? null : run.timeOf(last);
  const partial: PartialAnswer | null =
    cap !== null
      ? { reason: cap, before: lastAt }
      : stoppedAt !== null
        ? { reason: 'examined', before: stoppedAt }
        : found === run.limit
          ? { reason: 'limit', before: lastAt }
          : null;
  yield { type: 'done', found, ms: clock.now() - started, partial };
}

/** Fills `state`; each step is a portion that is ready to go. */
async function* inPortions(
  search: AsyncIterable<FoundEvent>,
  state: HuntState,
): AsyncGenerator<void, void, void> {
  for await (const event of search) {
    state.add(event);
    if (state.waiting.length >= portion || state.found === firstPortion) yield;
  }
}

class HuntState {
  found = 0;
  waiting: FoundEvent[] = [];
  latest: HuntProgress = { rowsRead: 0, rowsTotal: 0, examined: 0 };
  last: FoundEvent | null = null;
  stoppedAt: Instant | null = null;
  private ring: () => void = () => undefined;
  private rung = this.nextRing();

  readonly progress = (progress: HuntProgress): void => {
    this.latest = progress;
    this.ring();
  };

  readonly stopped = (at: Instant): void => {
    this.stoppedAt = at;
  };

  /** Resolves at the next progress that was not told yet. */
  async news(): Promise<'news'> {
    await this.rung;
    this.rung = this.nextRing();
    return 'news';
  }

  private nextRing(): Promise<void> {
    return new Promise((resolve) => {
      this.ring = resolve;
    });
  }

  add(event: FoundEvent): void {
    this.found += 1;
    this.waiting.push(event);
    this.last = event;
  }
}
