/** For the tests of this folder: correlations over made-up base rules, fed by hand. */
import { parseSigma } from '../index.ts';
import { type Correlator, createCorrelator } from './correlator.ts';
import { feedsOf, observe } from './observe.ts';
import { resolveRules } from './resolve.ts';
import type { StateLimits } from './state.ts';

export const minute = 60_000;

/** Base rules `a`, `b` and `c`, by name. */
export const baseRules = ['a', 'b', 'c']
  .map(
    (name) =>
      `title: rule ${name}\nid: id-${name}\nname: ${name}\nlogsource: {product: test}\ndetection:\n  sel: {kind: ${name}}\n  condition: sel\n`,
  )
  .join('---\n');

/** `body` is the YAML below `correlation:`, indented by two. */
export function correlationText(body: string, id = 'corr'): string {
  return `title: title of ${id}\nid: ${id}\nname: ${id}\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`;
}

export function resolveText(text: string) {
  const parsed = parseSigma(`${baseRules}---\n${text}`, 'c.yml');
  const { documents: rules, correlations, newTerms, filters } = parsed;
  const resolved = resolveRules({ rules, correlations, newTerms, filters }, 'require');
  return { ...resolved, refused: [...parsed.refused, ...resolved.refused] };
}

export interface Told {
  /** Name of the base rule that matches. */
  readonly rule: string;
  /** Event time, ms. */
  readonly at: number;
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  /** Time of receipt, ms; `at` by default. */
  readonly receivedAt?: number;
}

export interface Fed {
  readonly correlator: Correlator;
  /** Matches as `id group value [indexes of events]`. */
  readonly feed: (...events: readonly Told[]) => readonly string[];
  readonly advance: (receivedAt: number) => readonly string[];
  /** Goes on with another in its place. */
  readonly swap: (other: Correlator) => void;
}

export function correlate(text: string, limits: Partial<StateLimits> = {}): Fed {
  const { stateful, refused } = resolveText(text);
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  const correlator = createCorrelator(stateful, limits);
  let current = correlator;
  const feeds = feedsOf(stateful);
  let count = 0;
  const told = (matches: ReturnType<Correlator['add']>): readonly string[] =>
    matches.map(({ document, group, value, entries }) => {
      const of = group.map(([, one]) => one).join('+');
      return `${document.id} ${of}${of === '' ? '' : ' '}${value} [${entries.map(({ idx }) => idx).join(' ')}]`;
    });
  return {
    correlator,
    feed: (...events) =>
      events.flatMap(({ rule, at, fields = {}, receivedAt = at }) => {
        const read = (field: string): readonly string[] => [fields[field] ?? []].flat();
        const place = { seq: 1, idx: count++, time: at };
        const observations = observe(feeds, `id-${rule}`, read, place);
        return observations.flatMap((observation) => told(current.add(observation, receivedAt)));
      }),
    advance: (receivedAt) => told(current.advance(receivedAt).matches),
    swap: (other) => {
      current = other;
    },
  };
}
