/** A Sigma rule as read: what it says about itself, and its detection as a tree. */
import { type Detection, readDetection } from './detection.ts';
import { RuleFault } from './fault.ts';
import { ruleId } from './identity.ts';
import { entryOf, type YamlEntry, type YamlMapping } from './yaml.ts';

export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];

export interface RuleLogsource {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
  /** What has to be set up for the source; for people, not evaluated. */
  readonly definition?: string;
}

export interface SigmaRule {
  /** As written, in lower case; without one, derived from title, logsource and detection (`ruleId`). */
  readonly id: string;
  readonly title: string;
  /** The unique alias that correlation rules may use. */
  readonly name: string | null;
  readonly description: string;
  readonly status: string | null;
  /** `medium` when the rule names none: without a level it should neither be lost nor ring first. */
  readonly level: Level;
  readonly author: string;
  readonly license: string | null;
  readonly tags: readonly string[];
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly fields: readonly string[];
  /** `YYYY-MM-DD` as written. */
  readonly date: string | null;
  readonly modified: string | null;
  readonly logsource: RuleLogsource;
  readonly detection: Detection;
  /** The conditions as written, one a line. */
  readonly condition: string;
  /** The text of this document alone. */
  readonly source: string;
  readonly file: string;
  /** Line of the file at which the document starts, from 1. */
  readonly line: number;
}

/** Throws a RuleFault with the line of what is wrong. */
export function readRule(node: YamlMapping, source: string, file: string): SigmaRule {
  refuseOtherKinds(node);
  const title = text(node, 'title');
  if (title === null || title.trim() === '') throw new RuleFault(node.line, 'the rule has no title');
  const logsourceNode = mapping(node, 'logsource');
  const logsource = readLogsource(logsourceNode);
  const detectionNode = mapping(node, 'detection');
  const detection = readDetection(detectionNode);
  const id = text(node, 'id')?.trim().toLowerCase() ?? '';
  return {
    id: id === '' ? ruleId(title, logsourceNode, detectionNode) : id,
    title,
    name: text(node, 'name'),
    description: text(node, 'description') ?? '',
    status: text(node, 'status'),
    level: readLevel(entryOf(node, 'level')),
    author: text(node, 'author') ?? '',
    license: text(node, 'license'),
    tags: texts(node, 'tags'),
    references: texts(node, 'references'),
    falsepositives: texts(node, 'falsepositives'),
    fields: texts(node, 'fields'),
    date: text(node, 'date'),
    modified: text(node, 'modified'),
    logsource,
    detection,
    condition: detection.conditionText,
    source,
    file,
    line: node.line,
  };
}

function refuseOtherKinds(node: YamlMapping): void {
  const correlation = entryOf(node, 'correlation');
  if (correlation !== undefined) {
    const type = correlation.value.kind === 'mapping' ? text(correlation.value, 'type') : null;
    throw new RuleFault(
      correlation.line,
      `a correlation rule${type === null ? '' : ` (${type})`}: not evaluated yet`,
    );
  }
  const filter = entryOf(node, 'filter');
  if (filter !== undefined) throw new RuleFault(filter.line, 'a filter document: not evaluated yet');
}

function readLevel(entry: YamlEntry | undefined): Level {
  if (entry === undefined) return 'medium';
  const written = entry.value.kind === 'scalar' ? entry.value.text : '';
  const level = levels.find((known) => known === written.trim().toLowerCase());
  if (level === undefined) throw new RuleFault(entry.line, `level has to be one of ${levels.join(', ')}`);
  return level;
}

function readLogsource(node: YamlMapping): RuleLogsource {
  const logsource: { -readonly [K in keyof RuleLogsource]: string } = {};
  for (const key of ['product', 'service', 'category', 'definition'] as const) {
    const value = text(node, key);
    if (value !== null && value.trim() !== '') logsource[key] = value;
  }
  if (
    logsource.product === undefined &&
    logsource.service === undefined &&
    logsource.category === undefined
  ) {
    throw new RuleFault(node.line, 'logsource names neither category, product nor service');
  }
  return logsource;
}

function mapping(node: YamlMapping, key: string): YamlMapping {
  const entry = entryOf(node, key);
  if (entry === undefined) throw new RuleFault(node.line, `the rule has no ${key}`);
  if (entry.value.kind !== 'mapping') throw new RuleFault(entry.line, `${key} has to be a map`);
  return { ...entry.value, line: entry.line };
}

function text(node: YamlMapping, key: string): string | null {
  const entry = entryOf(node, key);
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) return null;
  if (entry.value.kind !== 'scalar') throw new RuleFault(entry.line, `${key} has to be a text`);
  return entry.value.text;
}

/** A list of texts; a lone text counts as a list of one. */
function texts(node: YamlMapping, key: string): readonly string[] {
  const entry = entryOf(node, key);
  if (entry === undefined) return [];
  const items = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
  return items.flatMap((item) => {
    if (item.kind !== 'scalar') throw new RuleFault(item.line, `${key} has to be a list of texts`);
    return item.value === null ? [] : [item.text];
  });
}
