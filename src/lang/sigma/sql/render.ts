/** Conditions as the text of a ClickHouse WHERE; what comes from rules travels as parameters only. */
import type { SqlColumn, SqlCondition, TextPlace } from './tree.ts';

export interface SqlText {
  readonly where: string;
  /** For `{name:Array(String)}` and `{name:String}` in the text. */
  readonly params: Readonly<Record<string, string | readonly string[]>>;
}

/** Gives parameters their names; the same value twice is one parameter. */
type Bind = (type: 'String' | 'Array(String)', value: string | readonly string[]) => string;

/** The engine takes at most 255 needles in one search. */
const needlesPerSearch = 200;

/**
 * Conditions with one set of parameters. `prefix`: begins every parameter's name, so that they meet no others;
 * letters only.
 */
export function renderSql<K extends string>(
  conditions: Readonly<Record<K, SqlCondition>>,
  prefix = 'sigma',
): { readonly texts: Readonly<Record<K, string>>; readonly params: SqlText['params'] } {
  if (!/^[a-z]+$/i.test(prefix)) throw new Error(`not a prefix of parameters: ${prefix}`);
  const params: Record<string, string | readonly string[]> = {};
  const names = new Map<string, string>();
  const bind: Bind = (type, value) => {
    const key = JSON.stringify(value);
    const name = names.get(key) ?? `${prefix}${names.size}`;
    names.set(key, name);
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const texts = Object.fromEntries(
    Object.entries<SqlCondition>(conditions).map(([name, condition]) => [name, render(condition, bind)]),
  ) as Record<K, string>;
  return { texts, params };
}

function render(condition: SqlCondition, bind: Bind): string {
  switch (condition.kind) {
    case 'all':
      return '1';
    case 'none':
      return '0';
    case 'and':
      return linked(condition.items, ' AND ', bind);
    case 'or':
      return linked(condition.items, ' OR ', bind);
    case 'not':
      return `NOT (${render(condition.item, bind)})`;
    case 'one_of': {
      const { column, values } = condition;
      const lower = values.map((value) => value.toLowerCase());
      // More bytes than characters: not ASCII, where the engine's lower() and Sigma's folding differ.
      return `(lower(${column}) IN ${bind('Array(String)', lower)} OR length(${column}) != lengthUTF8(${column}))`;
    }
    case 'text':
      return textTest(condition, bind);
    case 'plain': {
      const { column } = condition;
      // Half of a surrogate pair is stored as the escape that JSON writes for it: six characters of ASCII.
      return `(${column} != '' AND length(${column}) = lengthUTF8(${column}) AND position(${column}, '\\\\ud') = 0)`;
    }
    case 'present':
      return `${condition.column} != ''`;
    case 'code':
      return `(event_code IN ${bind('Array(String)', condition.values)} OR NOT match(event_code, '^(0|[1-9][0-9]{0,14})$'))`;
    case 'raw':
      return searches('multiSearchAnyCaseInsensitive', 'raw', condition.needles, bind);
    case 'parsers':
      return `(parser NOT IN ${bind('Array(String)', condition.names)} OR ${render(condition.item, bind)})`;
    case 'written':
      return written(condition.by, bind);
  }
}

function linked(items: readonly SqlCondition[], link: string, bind: Bind): string {
  return `(${items.map((item) => render(item, bind)).join(link)})`;
}

function textTest(
  {
    column,
    place,
    cased,
    texts,
  }: {
    readonly column: SqlColumn;
    readonly place: TextPlace;
    readonly cased: boolean;
    readonly texts: readonly string[];
  },
  bind: Bind,
): string {
  const text = cased ? column : `lower(${column})`;
  const tests = (name: string): string =>
    anyOf(texts.map((one) => `${name}(${text}, ${bind('String', one)})`));
  switch (place) {
    case 'whole':
      return `${text} IN ${bind('Array(String)', texts)}`;
    case 'start':
      return tests('startsWith');
    case 'end':
      return tests('endsWith');
    case 'inside':
      return searches('multiSearchAny', text, texts, bind);
    case 'pattern':
      return tests('match');
  }
}

function searches(name: string, text: string, needles: readonly string[], bind: Bind): string {
  const parts: string[] = [];
  for (let at = 0; at < needles.length; at += needlesPerSearch) {
    parts.push(`${name}(${text}, ${bind('Array(String)', needles.slice(at, at + needlesPerSearch))})`);
  }
  return anyOf(parts);
}

function written(by: readonly { readonly name: string; readonly version: number }[], bind: Bind): string {
  const versions = [...new Set(by.map(({ version }) => version))];
  return anyOf(
    versions.map((version) => {
      if (!Number.isSafeInteger(version)) throw new Error(`not a version of a parser: ${version}`);
      const names = by.filter((one) => one.version === version).map(({ name }) => name);
      return `(parser_version = ${version} AND unparsed = '' AND parser IN ${bind('Array(String)', names)})`;
    }),
  );
}

function anyOf(tests: readonly string[]): string {
  const [only = '0', another] = tests;
  return another === undefined ? only : `(${tests.join(' OR ')})`;
}
