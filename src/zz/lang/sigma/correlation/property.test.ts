/** The windows of the engine against windows looked for one by one, and its state against its own copy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCorrelator } from './correlator.ts';
import type { Entry } from './entries.ts';
import { defaultStateLimits } from './state.ts';
import { correlate, correlationText, minute, resolveText, type Told } from './testing.ts';

const span = 10 * minute;
const latest = defaultStateLimits.latenessMs / minute;

interface Simple {
  readonly rule: 'a' | 'b' | 'c';
  readonly at: number;
  readonly value: string;
}
const simpleEvent = fc.record({
  rule: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
  at: fc.integer({ min: 0, max: 40 }),
  value: fc.constantFrom('1', '2', '3', '50'),
});
/** Mostly in the order of time, by a step each, with some that come late, as far as lateness allows. */
const streams = fc
  .array(fc.tuple(simpleEvent, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 9 })), {
    maxLength: 40,
  })
  .map((steps) => {
    let now = 0;
    return steps.map(([event, step, late]): Simple => {
      now += step;
      return { ...event, at: (now - (late > latest ? 0 : late) + 20) * minute };
    });
  });

const kinds = [
  { type: 'event_count', condition: '{gte: 3}', fits: (window: readonly Entry[]) => window.length >= 3 },
  {
    type: 'value_count',
    condition: '{field: v, gte: 3}',
    fits: (window: readonly Entry[]) => new Set(window.map(({ value }) => value)).size >= 3,
  },
  {
    type: 'value_sum',
    condition: '{field: v, gt: 60}',
    fits: (window: readonly Entry[]) => window.reduce((sum, { value }) => sum + Number(value), 0) > 60,
  },
  {
    type: 'temporal',
    condition: null,
    fits: (window: readonly Entry[]) => new Set(window.map(({ input }) => input)).size === 3,
  },
  {
    type: 'temporal_ordered',
    condition: null,
    fits: (window: readonly Entry[]) =>
      window.some(
        (a, i) =>
          a.input === 0 &&
          window.some((b, j) => j > i && b.input === 1 && window.some((c, k) => k > j && c.input === 2)),
      ),
  },
] as const;

const textOf = ({ type, condition }: (typeof kinds)[number]): string =>
  correlationText(
    `type: ${type}\nrules: [a, b, c]\ngroup-by: [g]\ntimespan: 10m${condition === null ? '' : `\ncondition: ${condition}`}`,
  );
const told = ({ rule, at, value }: Simple): Told => ({ rule, at, fields: { g: 'x', v: value } });

/** For each event, the index of the event that ends a match, or null: by looking at every window. */
function bySearch(
  events: readonly Simple[],
  fits: (window: readonly Entry[]) => boolean,
): readonly (number | null)[] {
  let kept: Entry[] = [];
  return events.map(({ rule, at, value }, idx) => {
    kept = [...kept, { time: at, seq: 1, idx, input: 'abc'.indexOf(rule), value }];
    kept.sort((x, y) => x.time - y.time || x.idx - y.idx);
    const end = kept.findIndex((last, at) =>
      fits(kept.slice(0, at + 1).filter(({ time }) => last.time - time <= span)),
    );
    const last = kept[end];
    if (last === undefined) return null;
    kept = kept.filter(({ time }) => time > last.time);
    return last.idx;
  });
}

describe('windows', () => {
  it.each(kinds)('of $type are those that a search of all windows finds', (kind) => {
    fc.assert(
      fc.property(streams, (events) => {
        const { feed } = correlate(textOf(kind));
        const found = events.map((event) => {
          const [match] = feed(told(event));
          return match === undefined ? null : Number(/(\d+)\]$/.exec(match)?.[1]);
        });
        expect(found).toEqual(bySearch(events, kind.fits));
      }),
      { numRuns: 300 },
    );
  });
});

describe('state', () => {
  const texts = [
    ...kinds.map(textOf),
    correlationText(
      'type: value_avg\nrules: [a, b]\ngroup-by: [g]\ntimespan: 5m\ncondition: {field: v, gt: 2}',
    ),
    correlationText('type: event_count\nrules: [a, b]\ntimespan: 5m\ncondition: {eq: 2}'),
    'title: n\nid: corr\nnew_terms:\n  rules: [a]\n  fields: [v]\n  group-by: [g]\n  window: 20m\n  learning: 5m\n',
    `${correlationText('type: event_count\nrules: [a]\ngroup-by: [v]\ntimespan: 5m\ncondition: {gte: 2}', 'inner')}---\n${correlationText('type: temporal\nrules: [inner, b]\ngroup-by: [g]\ntimespan: 9m')}`,
  ];
  it.each(texts)('read back goes on as if nothing had been (%#)', (text) => {
    fc.assert(
      fc.property(streams, fc.nat(), (events, cutAt) => {
        const whole = correlate(text, { maxEntries: 6 });
        const first = correlate(text, { maxEntries: 6 });
        const cut = events.length === 0 ? 0 : cutAt % events.length;
        const expected = events.map((event) => whole.feed(told(event)));
        const before = events.slice(0, cut).map((event) => first.feed(told(event)));
        const copy = createCorrelator(resolveText(text).stateful, { maxEntries: 6 });
        for (const id of first.correlator.ids) copy.restore(id, first.correlator.snapshot(id));
        first.swap(copy);
        const after = events.slice(cut).map((event) => first.feed(told(event)));
        expect([...before, ...after]).toEqual(expected);
        expect([...copy.stats()]).toEqual([...whole.correlator.stats()]);
        expect(first.advance(10_000 * minute)).toEqual(whole.advance(10_000 * minute));
      }),
      { numRuns: 100 },
    );
  });
});
