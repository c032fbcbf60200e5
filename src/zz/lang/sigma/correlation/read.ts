/** Correlation rules as read (correlation rules specification 2.1.0), without what they refer to. */
import { RuleFault } from '../fault.ts';
import { type DocumentHead, mappingOf, readHead, refuseUnknown, textOf, textsOf } from '../head.ts';
import { entryOf, type YamlEntry, type YamlMapping } from '../yaml.ts';
import {
  type Comparison,
  type CorrelationType,
  checkCondition,
  correlationTypes,
  readComparisons,
} from './comparisons.ts';

/** A rule that is referred to by its id or name, in lower case. */
export interface Reference {
  readonly to: string;
  readonly line: number;
}

export interface CorrelationSpec {
  readonly type: CorrelationType;
  readonly rules: readonly Reference[];
  /** Empty: all events are one group. */
  readonly groupBy: readonly string[];
  /** Alias → rule as referred to, in lower case → field of its events. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly timespanMs: number;
  /** All have to hold. Empty only for the temporal types, which then ask for all of their rules. */
  readonly comparisons: readonly Comparison[];
  /** The fields whose values are counted or added up. */
  readonly fields: readonly string[];
}

export interface SigmaCorrelation extends DocumentHead {
  readonly spec: CorrelationSpec;
  /** The rules that it refers to alert by themselves as well. */
  readonly generate: boolean;
  /** As people read it: `event_count gte 100 within 1h by User`. */
  readonly condition: string;
}

const attributes = ['type', 'rules', 'aliases', 'group-by', 'timespan', 'condition', 'generate'];

/** Throws a RuleFault with the line of what is wrong. */
export function readCorrelation(node: YamlMapping, source: string, file: string): SigmaCorrelation {
  const body = mappingOf(node, 'correlation');
  refuseUnknown(body, attributes, 'correlation');
  const type = readType(body);
  const rules = readReferences(body);
  const condition = entryOf(body, 'condition');
  const comparisons = condition === undefined ? [] : readComparisons(condition);
  const fields = condition?.value.kind === 'mapping' ? textsOf(condition.value, 'field') : [];
  const line = condition?.line ?? body.line;
  checkCondition(type, comparisons, fields, rules.length, line);
  const groupBy = readGroupBy(body);
  const timespan = textOf(body, 'timespan') ?? '';
  const timespanMs = readTimespan(entryOf(body, 'timespan'), body.line);
  return {
    ...readHead(node, source, file, [body]),
    spec: { type, rules, groupBy, aliases: readAliases(body, rules), timespanMs, comparisons, fields },
    generate: readGenerate(node) || readGenerate(body),
    condition: describe(type, comparisons, fields, groupBy, timespan),
  };
}

function readType(body: YamlMapping): CorrelationType {
  const written = textOf(body, 'type');
  const line = entryOf(body, 'type')?.line ?? body.line;
  if (written === null)
    throw new RuleFault(line, 'correlation has no type', `one of ${correlationTypes.join(', ')}`);
  const type = correlationTypes.find((known) => known === written);
  if (type === undefined) {
    throw new RuleFault(
      line,
      `the correlation type ${written} does not exist`,
      `one of ${correlationTypes.join(', ')}`,
    );
  }
  return type;
}

export function readReferences(body: YamlMapping): readonly Reference[] {
  const entry = entryOf(body, 'rules');
  if (entry === undefined)
    throw new RuleFault(body.line, 'correlation has no rules', 'name rules by their id or name');
  const nodes = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
  const references = nodes.map((node): Reference => {
    if (node.kind !== 'scalar' || node.text.trim() === '') {
      throw new RuleFault(node.line, 'rules has to be a list of ids and names');
    }
    return { to: node.text.trim().toLowerCase(), line: node.line };
  });
  if (references.length === 0) throw new RuleFault(entry.line, 'rules is an empty list');
  for (const [at, { to, line }] of references.entries()) {
    if (references.findIndex((other) => other.to === to) !== at)
      throw new RuleFault(line, `the rule ${to} stands twice`);
  }
  return references;
}

export function readGroupBy(body: YamlMapping): readonly string[] {
  const fields = textsOf(body, 'group-by');
  const line = entryOf(body, 'group-by')?.line ?? body.line;
  if (fields.some((field) => field === '')) throw new RuleFault(line, 'group-by names an empty field');
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined) throw new RuleFault(line, `the field ${twice} stands twice in group-by`);
  return fields;
}

function readAliases(
  body: YamlMapping,
  rules: readonly Reference[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const entry = entryOf(body, 'aliases');
  if (entry === undefined) return new Map();
  if (entry.value.kind !== 'mapping') throw new RuleFault(entry.line, 'aliases has to be a map');
  return new Map(
    entry.value.entries.map(({ key, line, value }) => {
      if (value.kind !== 'mapping')
        throw new RuleFault(line, `the alias ${key} has to be a map of rules to fields`);
      const fields = value.entries.map((one): [string, string] => {
        const rule = one.key.trim().toLowerCase();
        if (!rules.some(({ to }) => to === rule)) {
          throw new RuleFault(
            one.line,
            `the alias ${key} is for ${one.key}, which does not stand in rules`,
            'write it as it stands in rules',
          );
        }
        if (one.value.kind !== 'scalar' || one.value.text === '') {
          throw new RuleFault(one.line, `the alias ${key} needs the name of a field for ${one.key}`);
        }
        return [rule, one.value.text];
      });
      return [key, new Map(fields)];
    }),
  );
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m`: a number and s, m, h or d. In milliseconds. */
export function readTimespan(entry: YamlEntry | undefined, line: number): number {
  const name = entry?.key ?? 'timespan';
  if (entry === undefined)
    throw new RuleFault(
      line,
      'a time span is missing',
      'for instance "timespan: 5m", or "window: 30d" of new_terms',
    );
  const written = entry.value.kind === 'scalar' ? entry.value.text : '';
  const [, digits, unit] = /^([0-9]{1,8})([smhd])$/.exec(written) ?? [];
  const ms = Number(digits) * (units[unit ?? ''] ?? Number.NaN);
  if (!(ms > 0)) {
    throw new RuleFault(
      entry.line,
      `${name} is not a number with s, m, h or d`,
      'for instance 30s, 5m, 24h or 30d',
    );
  }
  return ms;
}

function readGenerate(node: YamlMapping): boolean {
  const entry = entryOf(node, 'generate');
  if (entry === undefined) return false;
  if (entry.value.kind === 'scalar' && typeof entry.value.value === 'boolean') return entry.value.value;
  throw new RuleFault(entry.line, 'generate has to be true or false');
}

function describe(
  type: CorrelationType,
  comparisons: readonly Comparison[],
  fields: readonly string[],
  groupBy: readonly string[],
  timespan: string,
): string {
  const of = fields.length === 0 ? '' : ` of ${fields.join(', ')}`;
  const tests = comparisons.map(({ operator, value }) => ` ${operator} ${value}`).join(' and');
  const by = groupBy.length === 0 ? '' : ` by ${groupBy.join(', ')}`;
  return `${type}${of}${tests} within ${timespan}${by}`;
}
