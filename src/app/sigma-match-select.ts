/** Which rules are told, and which events are looked at, when not all are wanted. */
import type { Instant } from '../base/clock.ts';
import { type CompiledRule, type Level, levels, type StatefulDocument } from '../lang/sigma/index.ts';

/** All that are given have to hold. */
export interface RuleSelection {
  readonly minLevel?: Level;
  /** Statuses as rules write them: `stable`, `test`, `experimental` …; a rule without one has none of them. */
  readonly statuses?: readonly string[];
  /** Tags; one with a dot at its end, or the technique of a sub-technique, stands for those below it. */
  readonly tags?: readonly string[];
  /** Ids, or parts of titles. */
  readonly rules?: readonly string[];
  readonly exceptRules?: readonly string[];
}

type Document = Pick<CompiledRule['rule'] | StatefulDocument, 'id' | 'title' | 'level' | 'status' | 'tags'>;

export function ruleTest(selection: RuleSelection): (rule: Document) => boolean {
  const { minLevel = 'informational', rules, exceptRules = [] } = selection;
  const statuses = selection.statuses?.map((status) => status.toLowerCase());
  const tags = selection.tags?.map((tag) => tag.toLowerCase());
  const named = (list: readonly string[], { id, title }: Document): boolean =>
    list.some((one) => id === one.toLowerCase() || title.toLowerCase().includes(one.toLowerCase()));
  return (rule) =>
    levels.indexOf(rule.level) >= levels.indexOf(minLevel) &&
    (statuses === undefined || statuses.includes(rule.status?.toLowerCase() ?? '')) &&
    (tags === undefined ||
      rule.tags.some((tag) => tags.some((wanted) => isUnder(tag.toLowerCase(), wanted)))) &&
    (rules === undefined || named(rules, rule)) &&
    !named(exceptRules, rule);
}

/** `attack.t1059` has `attack.t1059.001` under it. */
function isUnder(tag: string, wanted: string): boolean {
  return tag === wanted || tag.startsWith(wanted.endsWith('.') ? wanted : `${wanted}.`);
}

export interface TimeSelection {
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
}

/** With a bound, an event without a time is outside: nobody can say when it was. */
export function isWithin(time: Instant | null, { from, to }: TimeSelection): boolean {
  if (from === undefined && to === undefined) return true;
  return time !== null && (from === undefined || time >= from) && (to === undefined || time < to);
}
