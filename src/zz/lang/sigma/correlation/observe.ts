/** From a match to what it says to the rules that build on it: groups, values, and fields to carry on. */
import { fold } from '../fold.ts';
import { routeEvent, type SigmaEvent, wantedLogsource } from '../logsource.ts';
import type { LogsourceMappings } from '../mappings.ts';
import type { SigmaRule } from '../rule.ts';
import type { Place } from './entries.ts';
import type { Input, StatefulRule } from './resolve.ts';
import type { Observation } from './state.ts';

/** The texts under a name: none when there is no such field. */
export type ReadField = (field: string) => readonly string[];

/** Combinations that one event may stand for; more are cut, which only a field of many values comes to. */
const maxCombinations = 100;

/** Inputs of stateful rules by the id of the rule that feeds them. */
export interface Feeds {
  readonly byRule: ReadonlyMap<
    string,
    readonly { readonly rule: string; readonly at: number; readonly input: Input }[]
  >;
}

export function feedsOf(stateful: readonly StatefulRule[]): Feeds {
  const byRule = new Map<string, { rule: string; at: number; input: Input }[]>();
  for (const { document, inputs } of stateful) {
    for (const [at, input] of inputs.entries()) {
      const feeds = byRule.get(input.id) ?? [];
      feeds.push({ rule: document.id, at, input });
      byRule.set(input.id, feeds);
    }
  }
  return { byRule };
}

/**
 * What a match of the rule `id` says to each rule that it feeds. An event without a value for a field
 * of group-by, or without any for the counted fields, belongs to no group and says nothing.
 */
export function observe(
  feeds: Feeds,
  id: string,
  read: ReadField,
  at: Place & { readonly time: number },
): readonly Observation[] {
  const found: Observation[] = [];
  for (const { rule, at: index, input } of feeds.byRule.get(id) ?? []) {
    const groups = combinations(input.groupBy, read).map(groupKey);
    const values = input.fields.length === 0 ? [] : combinations(input.fields, read).map(valueKey);
    if (groups.length === 0 || (input.fields.length > 0 && values.length === 0)) continue;
    const carry =
      input.carry.length === 0
        ? null
        : Object.fromEntries(input.carry.map(([name, own]) => [name, read(own)]));
    const { time, seq, idx } = at;
    found.push({ rule, input: index, groups, values, carry, time, seq, idx });
  }
  return found;
}

/** Reads an event's fields as the rule's category names them. */
export function eventReader(event: SigmaEvent, rule: SigmaRule, mappings: LogsourceMappings): ReadField {
  const view = routeEvent(event, mappings).view(wantedLogsource(rule.logsource).category);
  return (field) =>
    (view.values(field) ?? []).flatMap((leaf) => (leaf.hasText && leaf.text !== '' ? [leaf.text] : []));
}

/** Every choice of one value for each field; none when a field has no value. */
function combinations(fields: readonly string[], read: ReadField): readonly (readonly string[])[] {
  const [only] = fields;
  const single = only !== undefined && fields.length === 1 ? read(only) : null;
  // What nearly every event comes to.
  if (single?.length === 1) return [single];
  let made: readonly (readonly string[])[] = [[]];
  for (const field of fields) {
    const values = [...new Set(read(field))];
    made = made.flatMap((one) => values.map((value) => [...one, value])).slice(0, maxCombinations);
  }
  return made;
}

/** Texts that differ in case alone are one group, as they are one value to Sigma. */
function groupKey(values: readonly string[]): string {
  const [only = ''] = values;
  return values.length < 2 ? fold(only) : JSON.stringify(values.map(fold));
}

/** The values again, of as many fields as group-by names. */
export function groupValues(key: string, fields: number): readonly string[] {
  if (fields < 2) return fields === 0 ? [] : [key];
  return JSON.parse(key) as readonly string[];
}

function valueKey(values: readonly string[]): string {
  const [only = ''] = values;
  return fold(values.length === 1 ? only : JSON.stringify(values));
}
