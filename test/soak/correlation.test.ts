/**
 * Correlations against a reference on plain lists at length: `npm run soak`; SOAK_CORRELATIONS (200,000) rounds of a
 * random rule on a random stream with late events, silence, time that passes by itself, and restarts.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correlationText, minute, resolveText } from '../../src/lang/sigma/correlation/testing.ts';
import { createCorrelator, feedsOf, observe } from '../../src/lang/sigma/index.ts';
import { Reference, type ReferenceRule } from './correlation-reference.ts';

const rounds = Number(process.env['SOAK_CORRELATIONS'] ?? 200_000);
const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);
const latenessMs = 5 * minute;

const operator = fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'neq');
const comparison = fc.tuple(operator, fc.constantFrom(1, 2, 3, 4, 10, 50));
const rules = fc
  .record({
    type: fc.constantFrom(
      'event_count',
      'value_count',
      'value_sum',
      'value_avg',
      'value_percentile',
      'temporal',
      'temporal_ordered',
    ),
    rules: fc.integer({ min: 1, max: 3 }),
    timespan: fc.integer({ min: 1, max: 15 }),
    comparisons: fc.uniqueArray(comparison, { minLength: 0, maxLength: 2, selector: ([name]) => name }),
    grouped: fc.boolean(),
  })
  .map(({ timespan, grouped, ...rule }) => ({
    rule: { ...rule, timespanMs: timespan * minute, latenessMs },
    grouped,
  }));

const steps = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      rule: fc.constantFrom('a', 'b', 'c'),
      group: fc.constantFrom('x', 'y', 'Z'),
      value: fc.constantFrom('1', '2', '3', '40', 'none'),
      /** Seconds since the one before it, and by how many it is older than it should be. */
      after: fc.constantFrom(0, 1, 20, 60, 180, 300, 301),
      late: fc.constantFrom(0, 0, 0, 1, 60, 300, 301, 900, 2_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('batch' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('silence' as const), minutes: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;
type Event = Extract<Step, { readonly kind: 'event' }> & { readonly time: number; readonly idx: number };

function textOf({ type, rules: count, timespanMs, comparisons }: ReferenceRule, grouped: boolean): string {
  const field = type.startsWith('value_') ? ['field: v'] : [];
  const said = [...field, ...comparisons.map(([name, value]) => `${name}: ${value}`)];
  return correlationText(
    [
      `type: ${type}`,
      `rules: [${['a', 'b', 'c'].slice(0, count).join(', ')}]`,
      ...(grouped ? ['group-by: [g]'] : []),
      `timespan: ${timespanMs / minute}m`,
      ...(said.length === 0 ? [] : [`condition: {${said.join(', ')}}`]),
    ].join('\n'),
  );
}

/** The engine as the consumer drives it: batches, a log of them since the states were written, restarts. */
class Engine {
  readonly #stateful: ReturnType<typeof resolveText>['stateful'];
  readonly #feeds: ReturnType<typeof feedsOf>;
  readonly #early: boolean;
  readonly found = new Set<string>();
  #correlator: ReturnType<typeof createCorrelator>;
  #snapshot: Uint8Array | null = null;
  #log: { readonly events: readonly Event[]; readonly receivedAt: number }[] = [];

  constructor(stateful: ReturnType<typeof resolveText>['stateful'], early: boolean) {
    this.#stateful = stateful;
    this.#feeds = feedsOf(stateful);
    this.#correlator = createCorrelator(stateful);
    this.#early = early;
  }

  batch(events: readonly Event[], receivedAt: number): void {
    this.#log.push({ events, receivedAt });
    this.#apply(events, receivedAt);
  }

  tick(receivedAt: number): void {
    this.#note(this.#correlator.advance(receivedAt).matches);
  }

  cut(): void {
    this.#snapshot = this.#correlator.snapshot('corr');
    this.#log = [];
  }

  restart(): void {
    this.#correlator = createCorrelator(this.#stateful);
    if (this.#snapshot !== null) this.#correlator.restore('corr', this.#snapshot);
    for (const { events, receivedAt } of this.#log) this.#apply(events, receivedAt);
  }

  #apply(events: readonly Event[], receivedAt: number): void {
    this.tick(receivedAt);
    for (const { rule, group, value, time, idx } of events) {
      const fields: Readonly<Record<string, string>> = { g: group, v: value };
      const read = (name: string) => [fields[name] ?? []].flat();
      for (const one of observe(this.#feeds, `id-${rule}`, read, { seq: 1, idx, time }))
        this.#note(this.#correlator.add(one, receivedAt));
    }
  }

  #note(matches: ReturnType<ReturnType<typeof createCorrelator>['add']>): void {
    for (const { group, entries } of matches) {
      const places = entries.map(({ idx }) => idx);
      this.found.add(
        `${group.map(([, value]) => value).join()} ${(this.#early ? places.slice(-1) : places).join(' ')}`,
      );
    }
  }
}

function isEarly({ type, comparisons }: ReferenceRule): boolean {
  if (type === 'value_avg' || type === 'value_percentile') return false;
  return type === 'temporal_ordered' || comparisons.every(([name]) => name.startsWith('g'));
}

let [judged, matches, restarts] = [0, 0, 0];

/** True when both found the same. */
function run(
  rule: ReferenceRule,
  grouped: boolean,
  stateful: ReturnType<typeof resolveText>['stateful'],
  given: readonly Step[],
): void {
  const engine = new Engine(stateful, isEarly(rule));
  const reference = new Reference(rule);
  const expected = new Set<string>();
  let [now, receivedAt, open] = [100 * minute, 100 * minute, [] as Event[]];
  const flush = () => {
    for (const one of reference.advance(receivedAt)) expected.add(one);
    for (const { rule: of, group, value, time, idx } of open) {
      const input = 'abc'.indexOf(of);
      if (input >= rule.rules) continue;
      const key = grouped ? group.toLowerCase() : '';
      for (const one of reference.add(key, { time, idx, input, value }, receivedAt)) expected.add(one);
    }
    engine.batch(open, receivedAt);
    open = [];
  };
  for (const [idx, step] of given.entries()) {
    if (step.kind === 'event') {
      now += step.after * 1_000;
      open.push({ ...step, time: now - step.late * 1_000, idx });
      continue;
    }
    // What was taken is part of a batch before anything else happens.
    receivedAt = Math.max(receivedAt, now);
    flush();
    if (step.kind === 'silence') now += step.minutes * minute;
    if (step.kind === 'tick') {
      receivedAt = Math.max(receivedAt, now);
      for (const one of reference.advance(receivedAt)) expected.add(one);
      engine.tick(receivedAt);
    }
    if (step.kind === 'cut') engine.cut();
    if (step.kind === 'restart') {
      engine.restart();
      restarts += 1;
    }
  }
  receivedAt = Math.max(receivedAt, now) + 60 * minute;
  flush();
  expect([...engine.found].sort()).toEqual([...expected].sort());
  matches += expected.size;
}

it(`seed ${seed}, ${rounds} rounds: random correlations find what the reference finds`, () => {
  fc.assert(
    fc.property(rules, fc.array(steps, { minLength: 15, maxLength: 80 }), ({ rule, grouped }, given) => {
      const { stateful, refused } = resolveText(textOf(rule, grouped));
      // A condition that the specification has not: told by the reader, not a matter of windows.
      if (refused.length > 0) return;
      judged += 1;
      run(rule, grouped, stateful, given);
    }),
    { numRuns: rounds, seed },
  );
  console.log(`${judged} rules judged, ${matches} matches, ${restarts} restarts, no difference`);
  expect(judged).toBeGreaterThan(rounds / 5);
});
