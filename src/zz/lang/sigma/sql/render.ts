/** Conditions as the text of a ClickHouse WHERE; what comes from rules travels as parameters only. */
import type { SqlCondition } from './condition.ts';

export interface SqlText {
  readonly where: string;
  /** For `{name:Array(String)}` in the text. */
  readonly params: Readonly<Record<string, readonly string[]>>;
}

/** The engine takes at most 255 needles in one search. */
const needlesPerSearch = 200;

/** `prefix`: begins every parameter's name, so that they meet no others; letters only. */
export function renderSql(condition: SqlCondition, prefix = 'sigma'): SqlText {
  if (!/^[a-z]+$/i.test(prefix)) throw new Error(`not a prefix of parameters: ${prefix}`);
  const params: Record<string, readonly string[]> = {};
  const parameter = (values: readonly string[]): string => {
    const name = `${prefix}${Object.keys(params).length}`;
    params[name] = values;
    return `{${name}:Array(String)}`;
  };
  return { where: text(condition, parameter), params };
}

function text(condition: SqlCondition, parameter: (values: readonly string[]) => string): string {
  switch (condition.kind) {
    case 'all':
      return '1';
    case 'and':
    case 'or': {
      const link = condition.kind === 'and' ? ' AND ' : ' OR ';
      return `(${condition.items.map((item) => text(item, parameter)).join(link)})`;
    }
    case 'one_of': {
      const { column, values } = condition;
      const lower = values.map((value) => value.toLowerCase());
      // More bytes than characters: not ASCII, where the engine's lower() and Sigma's folding differ.
      return `(lower(${column}) IN ${parameter(lower)} OR length(${column}) != lengthUTF8(${column}))`;
    }
    case 'code':
      return `(event_code IN ${parameter(condition.values)} OR NOT match(event_code, '^(0|[1-9][0-9]{0,14})$'))`;
    case 'raw': {
      const searches: string[] = [];
      for (let at = 0; at < condition.needles.length; at += needlesPerSearch) {
        const needles = parameter(condition.needles.slice(at, at + needlesPerSearch));
        searches.push(`multiSearchAnyCaseInsensitive(raw, ${needles})`);
      }
      return searches.length === 1 ? (searches[0] ?? '0') : `(${searches.join(' OR ')})`;
    }
    case 'parsers':
      return `(parser NOT IN ${parameter(condition.names)} OR ${text(condition.item, parameter)})`;
  }
}
