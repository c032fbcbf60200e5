/**
 * A query as conditions of the engine: one that holds for every event that is meant (the superset),
 * and one that holds for no other (the subset). Where they are the same the engine's answer is exact;
 * elsewhere the evaluator has to look at what the superset selects. Values travel as parameters only.
 */
import {
  type ColumnName,
  formsOfParts,
  type IsNode,
  isNetwork,
  lowerAscii,
  type Network,
  type Pattern,
  type QueryNode,
  queryColumns,
  targetOf,
  writtenForms,
} from '../../lang/query/index.ts';
import { isComputed, type VerbatimParser } from '../../lang/sigma/index.ts';
import { isOcsfAttribute } from '../../model/ocsf.ts';
import type { Params } from './engine.ts';
import { certainParts } from './match.ts';

export interface QuerySql {
  /** Holds for every event that the query means. */
  readonly where: string;
  /** It holds for no others. */
  readonly exact: boolean;
  readonly params: Params;
}

/** The superset and the subset of one node. */
interface Bounds {
  readonly above: string;
  readonly below: string;
}

type Bind = (type: 'String' | 'Array(String)' | 'Float64', value: string | readonly string[]) => string;

const all: Bounds = exactly('1');
const none: Bounds = exactly('0');

export function querySql(node: QueryNode, verbatim: readonly VerbatimParser[]): QuerySql {
  const params: Record<string, string | number | readonly string[]> = {};
  const bind: Bind = (type, value) => {
    const name = `q${Object.keys(params).length}`;
    params[name] = value;
    return `{${name}:${type}}`;
  };
  const { above, below } = bounds(node, bind, verbatim);
  return { where: above, exact: above === below, params };
}

function exactly(condition: string): Bounds {
  return { above: condition, below: condition };
}

function atMost(condition: string): Bounds {
  return { above: condition, below: '0' };
}

function bounds(node: QueryNode, bind: Bind, verbatim: readonly VerbatimParser[]): Bounds {
  switch (node.kind) {
    case 'all':
      return all;
    case 'text':
      return exactly(rawHolds(node.pattern, bind));
    case 'not': {
      const inner = bounds(node.node, bind, verbatim);
      return { above: `NOT (${inner.below})`, below: `NOT (${inner.above})` };
    }
    case 'and':
    case 'or': {
      const parts = node.nodes.map((one) => bounds(one, bind, verbatim));
      const join = (side: keyof Bounds) =>
        `(${parts.map((part) => part[side]).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
      return { above: join('above'), below: join('below') };
    }
    case 'is':
    case 'exists':
    case 'compare': {
      const target = targetOf(node.field);
      if (target.kind === 'column') return columnBounds(node, target.column, bind);
      // An OCSF value may be the parser's own word, which no text of raw tells.
      if (target.ocsf !== null && isOcsfAttribute(target.ocsf)) return atMost('1');
      if (target.native === null) return none;
      if (node.kind !== 'is') return atMost('1');
      return atMost(nativeNarrowed(node, target.native, bind, verbatim));
    }
  }
}

type FieldNode = Extract<QueryNode, { readonly field: string }>;

function columnBounds(node: FieldNode, column: ColumnName, bind: Bind): Bounds {
  const isNumber = queryColumns[column].kind === 'number';
  const present =
    column === 'activity_id' ? 'class_uid != 0' : isNumber ? `${column} != 0` : `${column} != ''`;
  if (node.kind === 'exists') return exactly(present);
  if (node.kind === 'compare') {
    // As text: the embedded engine's binding takes no numbers beyond 2^53.
    const value = bind('Float64', String(node.value));
    if (isNumber) return exactly(`(${present} AND ${column} ${node.op} ${value})`);
    // Longer numbers, fractions and hexadecimal are left to the evaluator.
    return atMost(
      `if(match(${column}, '^[0-9]{1,15}$'), toInt64OrZero(${column}) ${node.op} ${value}, match(${column}, '[0-9]'))`,
    );
  }
  const text = isNumber ? `toString(${column})` : `lower(${column})`;
  const parts = columnIs(node, text, bind);
  const networks = isNumber
    ? []
    : node.any.filter(isNetwork).map((one) => networkNarrowed(one, column, bind));
  const certain = or(parts);
  return {
    above: `(${present} AND ${or([...parts, ...networks])})`,
    below: networks.length > 0 && parts.length === 0 ? '0' : `(${present} AND ${certain})`,
  };
}

/** Literals as one list, each wildcard as a pattern. */
function columnIs(node: IsNode, text: string, bind: Bind): string[] {
  const patterns = node.any.filter((one) => !isNetwork(one)) as Pattern[];
  const literals = patterns
    .filter((one) => one.parts.length === 1)
    .map((one) => lowerAscii(one.parts[0] ?? ''));
  const wildcards = patterns.filter((one) => one.parts.length > 1);
  return [
    ...(literals.length === 0 ? [] : [`${text} IN ${bind('Array(String)', literals)}`]),
    ...wildcards.map((one) => `${text} LIKE ${bind('String', likeOf(one.parts))}`),
  ];
}

function or(conditions: readonly string[]): string {
  return conditions.length === 0 ? '0' : `(${conditions.join(' OR ')})`;
}

function likeOf(parts: readonly string[]): string {
  return parts.map((part) => lowerAscii(part).replace(/[\\%_]/g, '\\$&')).join('%');
}

/** The whole octets of an IPv4 network, which every address in it begins with; it may stand inside of an IPv6 address. */
function octetsOf({ network }: Network): string {
  const [base = '', bits = '0'] = network.split('/');
  const whole = base.includes(':') ? 0 : Math.floor(Number(bits) / 8);
  return base
    .split('.')
    .slice(0, whole)
    .map((octet, at) => (at < 3 ? `${octet}.` : octet))
    .join('');
}

function networkNarrowed(network: Network, column: string, bind: Bind): string {
  const octets = octetsOf(network);
  const isV6 = network.network.includes(':');
  if (isV6 || octets === '') return `match(${column}, '[.:]')`;
  return `(startsWith(${column}, ${bind('String', octets)}) OR position(${column}, ':') > 0)`;
}

/** The parts in one way of writing, in order, anywhere in raw. */
function rawHolds({ parts }: Pattern, bind: Bind): string {
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  const holds = `multiSearchAnyCaseInsensitive(raw, ${bind('Array(String)', [...new Set(writtenForms(longest))])})`;
  if (parts.length === 1) return holds;
  const forms = formsOfParts(parts).map((form) => `lower(raw) LIKE ${bind('String', `%${likeOf(form)}%`)}`);
  return `(${holds} AND (${forms.join(' OR ')}))`;
}

/** The engine takes fewer than 256 needles at once. */
const needlesAtOnce = 200;

/**
 * Records of parsers that may compute the field, and those that hold a certain part of a value, or an escape
 * of their own format.
 */
function nativeNarrowed(
  node: IsNode,
  field: string,
  bind: Bind,
  verbatim: readonly VerbatimParser[],
): string {
  const parsers = verbatim.filter((parser) => !isComputed(field, parser));
  if (parsers.length === 0) return '1';
  const needles: string[] = [];
  for (const one of node.any) {
    const certain = isNetwork(one) ? networkParts(one) : patternParts(one);
    if (certain.length === 0) return '1';
    needles.push(...certain);
  }
  const unique = [...new Set(needles)];
  const searches: string[] = [];
  for (let at = 0; at < unique.length; at += needlesAtOnce) {
    const some = bind('Array(String)', unique.slice(at, at + needlesAtOnce));
    searches.push(`multiSearchAnyCaseInsensitive(raw, ${some})`);
  }
  const names = bind(
    'Array(String)',
    parsers.map(({ name }) => name),
  );
  return `(parser NOT IN ${names} OR ${[...searches, ...escapedIn(parsers, bind)].join(' OR ')})`;
}

function escapedIn(parsers: readonly VerbatimParser[], bind: Bind): readonly string[] {
  const byEscapes = new Map<string, VerbatimParser[]>();
  for (const parser of parsers.filter(({ escapes }) => escapes.length > 0)) {
    const key = JSON.stringify(parser.escapes);
    byEscapes.set(key, [...(byEscapes.get(key) ?? []), parser]);
  }
  return [...byEscapes.values()].map((alike) => {
    const names = alike.map(({ name }) => name);
    const escapes = bind('Array(String)', alike[0]?.escapes ?? []);
    return `(parser IN ${bind('Array(String)', names)} AND multiSearchAnyCaseInsensitive(raw, ${escapes}))`;
  });
}

/** Numbers beyond what a double holds are read as others than those that stand in raw. */
const longNumber = /^-?[\d.]{16,}$|[.\d]e/i;

/** Raw may have such a text in another notation: a long number, a boolean. */
export function mayBeRewritten(text: string): boolean {
  return longNumber.test(text) || ['true', 'false'].some((word) => word.includes(lowerAscii(text)));
}

function patternParts({ parts }: Pattern): readonly string[] {
  if (parts.some(mayBeRewritten)) return [];
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  return certainParts(longest);
}

function networkParts(network: Network): readonly string[] {
  const octets = octetsOf(network);
  // Inside of IPv6 (::ffff:…) an IPv4 address may be written in hexadecimal.
  return octets === '' ? [] : [...certainParts(octets), 'ffff'];
}
