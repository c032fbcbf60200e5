/** Filter documents: tuning that is written once and holds for many rules (filters specification 2.1.0). */
import type { Condition } from './condition.ts';
import { type Detection, readDetection, type Selection } from './detection.ts';
import { type Refusal, RuleFault } from './fault.ts';
import { mappingOf, readHead, textsOf } from './head.ts';
import { type RuleLogsource, readLogsource, type SigmaRule } from './rule.ts';
import { entryOf, type YamlMapping } from './yaml.ts';

/**
 * What the condition of a filter means. `require`: it has to hold as well for a rule to match, which
 * is how the common toolchain reads it. `exclude`: what it matches is left out, which is how the
 * specification's own example has to be read.
 */
export type FilterReading = 'require' | 'exclude';
export const filterReadings = ['require', 'exclude'] as const satisfies readonly FilterReading[];

/** Its logsource and detection are those of a rule, so that what checks a rule checks a filter. */
export interface SigmaFilter extends SigmaRule {
  /** Ids or names of rules, in lower case; `any` for all of the logsource. */
  readonly targets: 'any' | readonly string[];
  readonly targetsLine: number;
  /** The condition has no "not": under `require`, only what it selects is still detected. */
  readonly positive: boolean;
}

/** Throws a RuleFault with the line of what is wrong. */
export function readFilter(node: YamlMapping, source: string, file: string): SigmaFilter {
  const logsourceNode = mappingOf(node, 'logsource');
  const logsource = readLogsource(logsourceNode);
  const filterNode = mappingOf(node, 'filter');
  const rules = entryOf(filterNode, 'rules');
  if (rules === undefined) {
    throw new RuleFault(
      filterNode.line,
      'filter has no rules',
      'name the rules that it is for, or write "rules: any"',
    );
  }
  const targets = textsOf(filterNode, 'rules').map((target) => target.trim().toLowerCase());
  if (targets.length === 0) throw new RuleFault(rules.line, 'rules is an empty list');
  const twice = targets.find((target, at) => targets.indexOf(target) !== at);
  if (twice !== undefined) throw new RuleFault(rules.line, `the rule ${twice} stands twice`);
  const entries = filterNode.entries.filter((entry) => entry !== rules);
  const detection = readDetection({ ...filterNode, entries });
  return {
    ...readHead(node, source, file, [logsourceNode, filterNode]),
    logsource,
    detection,
    condition: detection.conditionText,
    targets: targets.length === 1 && targets[0] === 'any' ? 'any' : targets,
    targetsLine: rules.line,
    positive: !detection.conditions.some(negates),
  };
}

function negates(condition: Condition): boolean {
  if (condition.kind === 'selection') return false;
  return condition.kind === 'not' || condition.items.some(negates);
}

/** The filter's logsource is the rule's, or names less of it. */
function fits(filter: RuleLogsource, rule: RuleLogsource): boolean {
  return (['product', 'service', 'category'] as const).every(
    (key) => filter[key] === undefined || filter[key].toLowerCase() === rule[key]?.toLowerCase(),
  );
}

function names(filter: SigmaFilter, rule: SigmaRule): boolean {
  if (filter.targets === 'any') return true;
  return (
    filter.targets.includes(rule.id) ||
    (rule.name !== null && filter.targets.includes(rule.name.toLowerCase()))
  );
}

/** The rule with every filter that is for it in its condition; the rule itself when none is. */
export function applyFilters(
  rule: SigmaRule,
  filters: readonly SigmaFilter[],
  reading: FilterReading,
): SigmaRule {
  const own = filters.filter((filter) => names(filter, rule) && fits(filter.logsource, rule.logsource));
  return own.reduce((filtered, filter) => withFilter(filtered, filter, reading), rule);
}

function withFilter(rule: SigmaRule, filter: SigmaFilter, reading: FilterReading): SigmaRule {
  const nameOf = (name: string): string => `${name} (filter ${filter.title}, ${filter.id})`;
  const selections = new Map<string, Selection>(rule.detection.selections);
  for (const [name, selection] of filter.detection.selections) selections.set(nameOf(name), selection);
  const condition = renamed(linkAny(filter.detection.conditions), nameOf);
  const guard: Condition = reading === 'require' ? condition : { kind: 'not', item: condition };
  const detection: Detection = {
    ...rule.detection,
    selections,
    conditions: [{ kind: 'and', items: [linkAny(rule.detection.conditions), guard] }],
  };
  return { ...rule, detection };
}

function linkAny(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { kind: 'or', items: conditions };
}

function renamed(condition: Condition, nameOf: (name: string) => string): Condition {
  switch (condition.kind) {
    case 'selection':
      return { kind: 'selection', name: nameOf(condition.name) };
    case 'not':
      return { kind: 'not', item: renamed(condition.item, nameOf) };
    case 'and':
    case 'or':
      return { kind: condition.kind, items: condition.items.map((item) => renamed(item, nameOf)) };
  }
}

/** What is not wrong but probably not meant: told to whoever loads or checks the filters. */
export function filterWarnings(
  filters: readonly SigmaFilter[],
  rules: readonly SigmaRule[],
  reading: FilterReading,
): readonly Refusal[] {
  return filters.flatMap((filter) => {
    const warn = (line: number, reason: string, hint: string): Refusal => {
      const { file, id, title } = filter;
      return { file, line, id, title, reason, hint };
    };
    const found: Refusal[] = [];
    if (reading === 'require' && filter.positive) {
      found.push(
        warn(
          filter.line,
          'the condition of the filter has no "not": its rules match only what it selects',
          'to leave out what it selects, write "condition: not selection"; if the filter is meant as in the example of the specification, choose the reading "exclude"',
        ),
      );
    }
    if (filter.targets === 'any') return found;
    for (const target of filter.targets) {
      const rule = rules.find((one) => one.id === target || one.name?.toLowerCase() === target);
      if (rule === undefined) {
        found.push(
          warn(
            filter.targetsLine,
            `the rule ${target} is not there`,
            'rules are named by their id or name; a filter is for detection rules, not for correlations',
          ),
        );
      } else if (!fits(filter.logsource, rule.logsource)) {
        found.push(
          warn(
            filter.targetsLine,
            `the filter is not applied to "${rule.title}", whose logsource is another`,
            'a filter is for rules that name at least its own category, product and service',
          ),
        );
      }
    }
    return found;
  });
}
