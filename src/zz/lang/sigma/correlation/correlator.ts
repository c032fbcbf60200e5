/** All stateful rules together: observations go in, and what one finds goes on to those built on it. */
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Entry } from './entries.ts';
import { type Feeds, feedsOf, groupValues, observe } from './observe.ts';
import type { StatefulDocument, StatefulRule } from './resolve.ts';
import {
  defaultStateLimits,
  type Observation,
  type RuleState,
  type StateLimits,
  type StateMatch,
  type StateStats,
} from './state.ts';
import { TermsState } from './terms-state.ts';
import { WindowState } from './window-state.ts';

export interface CorrelationMatch {
  readonly document: StatefulDocument;
  /** Field of group-by → value, folded; empty for a rule without groups. */
  readonly group: readonly (readonly [field: string, value: string])[];
  /** The number that the condition was held against. */
  readonly value: number;
  /** In the order of time; the last one completed the match. */
  readonly entries: readonly Entry[];
}

export interface Correlator {
  /** The ids of the rules it holds. */
  readonly ids: ReadonlySet<string>;
  /** Observations of rules that it does not hold are passed over. */
  add(observation: Observation, receivedAt: number): readonly CorrelationMatch[];
  /** Time of receipt goes on, also where nothing is observed. `changed`: the state is another than before. */
  advance(receivedAt: number): { readonly matches: readonly CorrelationMatch[]; readonly changed: boolean };
  stats(): ReadonlyMap<string, StateStats>;
  /** The state of one rule; throws a plain Error for a rule it does not hold. */
  snapshot(id: string): Uint8Array;
  restore(id: string, bytes: Uint8Array): void;
}

interface Held {
  readonly document: StatefulDocument;
  readonly quiet: boolean;
  readonly state: RuleState;
}

export function createCorrelator(
  rules: readonly StatefulRule[],
  limits: Partial<StateLimits> = {},
): Correlator {
  const feeds = feedsOf(rules);
  const held = new Map<string, Held>();
  for (const { document, inputs, quiet } of rules) {
    held.set(document.id, {
      document,
      quiet,
      state: stateOf(document, inputs.length, { ...defaultStateLimits, ...limits }),
    });
  }
  return {
    ids: new Set(held.keys()),
    add(observation, receivedAt) {
      const matches: CorrelationMatch[] = [];
      take(held, feeds, observation, receivedAt, matches);
      return matches;
    },
    advance(receivedAt) {
      const matches: CorrelationMatch[] = [];
      let changed = false;
      for (const rule of held.values()) {
        if (rule.state.advance(receivedAt, (match) => tell(held, feeds, rule, match, receivedAt, matches)))
          changed = true;
      }
      return { matches, changed };
    },
    stats: () => new Map([...held].map(([id, { state }]) => [id, state.stats()])),
    snapshot(id) {
      const writer = new ByteWriter();
      stateIn(held, id).write(writer);
      return writer.bytes();
    },
    restore(id, bytes) {
      stateIn(held, id).read(new ByteReader(bytes));
    },
  };
}

function stateOf({ spec }: StatefulDocument, inputs: number, limits: StateLimits): RuleState {
  return spec.type === 'new_terms' ? new TermsState(spec, limits) : new WindowState(spec, inputs, limits);
}

function stateIn(held: ReadonlyMap<string, Held>, id: string): RuleState {
  const found = held.get(id);
  if (found === undefined) throw new Error(`the correlator does not hold the rule ${id}`);
  return found.state;
}

function take(
  held: ReadonlyMap<string, Held>,
  feeds: Feeds,
  observation: Observation,
  receivedAt: number,
  matches: CorrelationMatch[],
): void {
  const rule = held.get(observation.rule);
  if (rule === undefined) return;
  for (const match of rule.state.add(observation, receivedAt)) {
    tell(held, feeds, rule, match, receivedAt, matches);
  }
}

/** A match is handed out unless its rule only feeds others, and is an event of its own to the rules above: at the place of its last event. */
function tell(
  held: ReadonlyMap<string, Held>,
  feeds: Feeds,
  { document, quiet }: Held,
  match: StateMatch,
  receivedAt: number,
  matches: CorrelationMatch[],
): void {
  const last = match.entries.at(-1);
  if (last === undefined) throw new Error(`the correlation ${document.id} matched on no event`);
  const values = groupValues(match.group, document.spec.groupBy.length);
  const group = document.spec.groupBy.map((field, at) => [field, values[at] ?? ''] as const);
  if (!quiet) matches.push({ document, group, value: match.value, entries: match.entries });
  const fields = new Map<string, readonly string[]>([
    ...Object.entries(match.carry ?? {}),
    ...group.map(([field, value]): [string, readonly string[]] => [field, [value]]),
  ]);
  for (const observation of observe(feeds, document.id, (field) => fields.get(field) ?? [], last)) {
    take(held, feeds, observation, receivedAt, matches);
  }
}
