/** What every kind of document says about itself: title, id, level, author and the like. */
import { RuleFault } from './fault.ts';
import { documentId } from './identity.ts';
import { didYouMean } from './nearest.ts';
import { entryOf, type YamlEntry, type YamlMapping } from './yaml.ts';

export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];

export interface DocumentHead {
  /** As written, in lower case; without one, derived from title and content (`documentId`). */
  readonly id: string;
  readonly title: string;
  /** The unique alias that correlation rules may use. */
  readonly name: string | null;
  readonly description: string;
  readonly status: string | null;
  /** `medium` when the document names none: without a level it should neither be lost nor ring first. */
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
  /** The text of this document alone. */
  readonly source: string;
  readonly file: string;
  /** Line of the file at which the document starts, from 1. */
  readonly line: number;
}

/** `content`: the nodes that an id is derived from where none is written. Throws a RuleFault. */
export function readHead(
  node: YamlMapping,
  source: string,
  file: string,
  content: readonly YamlMapping[],
): DocumentHead {
  const title = textOf(node, 'title');
  if (title === null || title.trim() === '') throw new RuleFault(node.line, 'the rule has no title');
  const id = textOf(node, 'id')?.trim().toLowerCase() ?? '';
  return {
    id: id === '' ? documentId(title, content) : id,
    title,
    name: textOf(node, 'name'),
    description: textOf(node, 'description') ?? '',
    status: textOf(node, 'status'),
    level: readLevel(entryOf(node, 'level')),
    author: textOf(node, 'author') ?? '',
    license: textOf(node, 'license'),
    tags: textsOf(node, 'tags'),
    references: textsOf(node, 'references'),
    falsepositives: textsOf(node, 'falsepositives'),
    fields: textsOf(node, 'fields'),
    date: textOf(node, 'date'),
    modified: textOf(node, 'modified'),
    source,
    file,
    line: node.line,
  };
}

function readLevel(entry: YamlEntry | undefined): Level {
  if (entry === undefined) return 'medium';
  const written = entry.value.kind === 'scalar' ? entry.value.text : '';
  const level = levels.find((known) => known === written.trim().toLowerCase());
  if (level === undefined) throw new RuleFault(entry.line, `level has to be one of ${levels.join(', ')}`);
  return level;
}

/** The map under `key`, at the line of the key. Throws a RuleFault when there is none. */
export function mappingOf(node: YamlMapping, key: string): YamlMapping {
  const entry = entryOf(node, key);
  if (entry === undefined) throw new RuleFault(node.line, `the rule has no ${key}`);
  if (entry.value.kind !== 'mapping') throw new RuleFault(entry.line, `${key} has to be a map`);
  return { ...entry.value, line: entry.line };
}

/** Null when absent or null. */
export function textOf(node: YamlMapping, key: string): string | null {
  const entry = entryOf(node, key);
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) return null;
  if (entry.value.kind !== 'scalar') throw new RuleFault(entry.line, `${key} has to be a text`);
  return entry.value.text;
}

/** A list of texts; a lone text counts as a list of one. */
export function textsOf(node: YamlMapping, key: string): readonly string[] {
  const entry = entryOf(node, key);
  if (entry === undefined) return [];
  const items = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
  return items.flatMap((item) => {
    if (item.kind !== 'scalar') throw new RuleFault(item.line, `${key} has to be a list of texts`);
    return item.value === null ? [] : [item.text];
  });
}

/** A name that is not known here is mostly a slip, and leaving it out would change what the rule means. */
export function refuseUnknown(node: YamlMapping, known: readonly string[], where: string): void {
  const unknown = node.entries.find(({ key }) => !known.includes(key));
  if (unknown === undefined) return;
  const hint = didYouMean(unknown.key, known) ?? `it knows ${known.join(', ')}`;
  throw new RuleFault(unknown.line, `${where} does not know ${unknown.key}`, hint);
}
