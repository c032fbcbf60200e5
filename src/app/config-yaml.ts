/** Reads a YAML configuration file, with the line of every key, so that a problem can name its place. */
import { EVENT_ID, type Event, getScalarValue, load, parseEvents, YAMLException } from 'js-yaml';
import { messageOf } from '../base/errors.ts';

export interface YamlFile {
  readonly value: Readonly<Record<string, unknown>>;
  /** Dotted path → line of its key, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

export type YamlOutcome = YamlFile | { readonly problem: string; readonly line: number | null };

const limits = { maxDepth: 20, maxAliases: 0 };
const maxCharacters = 1_000_000;

function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

interface Open {
  readonly path: string;
  readonly mapping: boolean;
  /** Key whose value comes next; null where a key comes next. In a list the index of the next item. */
  key: string | null;
}

/** The next item of a list. */
function advance(open: Open): void {
  open.key = open.mapping ? null : String(Number(open.key ?? '-1') + 1);
}

/** Path of what comes next in `parent`: by key, by index, or the document itself. */
function child(parent: Open): string {
  if (parent.key === null) return parent.path;
  return parent.path === '' ? parent.key : `${parent.path}.${parent.key}`;
}

/** Walks the flat stream of parser events and notes where each key of a mapping stands. */
function keyLines(source: string, events: readonly Event[]): Map<string, number> {
  const lines = new Map<string, number>();
  const stack: Open[] = [];
  for (const event of events) {
    const top = stack.at(-1);
    if (event.type === EVENT_ID.POP) {
      stack.pop();
      const parent = stack.at(-1);
      if (parent !== undefined && stack.length > 1) advance(parent);
    } else if (event.type === EVENT_ID.DOCUMENT) {
      stack.push({ path: '', mapping: false, key: null });
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      const mapping = event.type === EVENT_ID.MAPPING;
      stack.push({ path: top === undefined ? '' : child(top), mapping, key: mapping ? null : '0' });
    } else if (event.type === EVENT_ID.SCALAR && top?.mapping && top.key === null) {
      top.key = getScalarValue(source, event);
      lines.set(child(top), lineAt(source, event.valueStart));
    } else if (top !== undefined) advance(top);
  }
  return lines;
}

/** One document, a mapping at its top, no aliases (they are how a small file becomes a huge one). An empty file is fine. */
export function readYaml(source: string): YamlOutcome {
  if (source.length > maxCharacters)
    return { problem: 'is far too long for a configuration file', line: null };
  try {
    const events = parseEvents(source, { maxDepth: limits.maxDepth });
    const empty = !events.some((event) => event.type !== EVENT_ID.DOCUMENT && event.type !== EVENT_ID.POP);
    const value: unknown = empty ? {} : (load(source, limits) ?? {});
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: 'must hold keys and values at its top, such as "port: 4880"', line: 1 };
    return { value: { ...value }, lines: keyLines(source, events) };
  } catch (thrown) {
    if (!(thrown instanceof YAMLException)) throw thrown;
    const reason = thrown.reason ?? messageOf(thrown);
    return {
      problem: `is not valid YAML: ${reason}`,
      line: thrown.mark === undefined ? null : thrown.mark.line + 1,
    };
  }
}
