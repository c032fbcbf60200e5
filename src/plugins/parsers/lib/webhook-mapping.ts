/**
 * How a webhook's JSON becomes a finding: one CEL expression (cel.dev) for each of its fields, over `body`. The
 * expressions are the administrator's, the body is anybody's: what an evaluation may cost is bounded before it.
 */
import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { JsonRecord } from '../../../model/record.ts';

export const mappingFields = [
  'when',
  'uid',
  'title',
  'description',
  'severity',
  'status',
  'link',
  'tags',
  'product',
  'time',
  'host',
  'user',
  'src_ip',
] as const;
export type MappingField = (typeof mappingFields)[number];
/** Field → expression, as in the configuration. `uid` and `title` are needed. */
export type WebhookMapping = { readonly [K in MappingField]?: string | undefined };

export interface CompiledMapping {
  /** The value of a field; undefined where there is no expression or it has no value for this body. */
  value(field: MappingField, body: unknown): unknown;
}

const limits = {
  maxAstNodes: 400,
  maxDepth: 30,
  maxListElements: 100,
  maxMapEntries: 200,
  maxCallArguments: 8,
};
const environment = new Environment({
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits,
}).registerVariable('body', 'dyn');

/** Macros that go through a list: one inside of another would multiply their costs. */
const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What is wrong with an expression, with the place in it; null when nothing is. */
export function expressionProblem(expression: string): string | null {
  const parsed = parse(expression);
  return typeof parsed === 'string' ? parsed : null;
}

function parse(expression: string): ParseResult | string {
  try {
    const parsed = environment.parse(expression);
    const refused = costProblem(parsed.ast, 0);
    if (refused !== null) return refused;
    const checked = parsed.check();
    return checked.valid ? parsed : placed(checked.error);
  } catch (thrown) {
    if (thrown instanceof Error) return placed(thrown);
    throw thrown;
  }
}

function placed(error: unknown): string {
  const { summary, message, range } = error as {
    readonly summary?: string;
    readonly message: string;
    readonly range?: { readonly start: number };
  };
  const what = summary ?? message.split('\n', 1)[0] ?? '';
  return range === undefined ? what : `${what}, at character ${range.start + 1}`;
}

function costProblem(node: ASTNode, depth: number): string | null {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : '';
  const at = `, at character ${node.start + 1}`;
  if (name === 'matches')
    return `matches() can take unbounded time; use contains(), startsWith() or endsWith()${at}`;
  const inside = loops.has(name) ? depth + 1 : depth;
  if (inside > 1) return `${name}() inside of another loop is not allowed${at}`;
  for (const child of childrenOf(node.args)) {
    const problem = costProblem(child, inside);
    if (problem !== null) return problem;
  }
  return null;
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
}

const compiled = new Map<string, CompiledMapping | null>();
const maxCached = 1_000;

/** The mapping of a context, from its JSON; null when it is none that can be used. */
export function mappingOf(json: string): CompiledMapping | null {
  const known = compiled.get(json);
  if (known !== undefined) return known;
  if (compiled.size >= maxCached) compiled.clear();
  const made = compile(json);
  compiled.set(json, made);
  return made;
}

function compile(json: string): CompiledMapping | null {
  const expressions = new Map<MappingField, ParseResult>();
  const mapping = JSON.parse(json) as WebhookMapping;
  for (const field of mappingFields) {
    const expression = mapping[field];
    if (expression === undefined) continue;
    const parsed = parse(expression);
    if (typeof parsed === 'string') return null;
    expressions.set(field, parsed);
  }
  return {
    value(field, body) {
      const expression = expressions.get(field);
      if (expression === undefined) return undefined;
      try {
        return plain(expression({ body }));
      } catch (thrown) {
        // No such member, a wrong type: the body has no value for this field.
        if (thrown instanceof Error) return undefined;
        throw thrown;
      }
    },
  };
}

/** CEL's integers are bigints. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

const maxItems = 1_000;
const maxCharacters = 8_192;
const maxNodes = 20_000;

/** The body as expressions see it: long lists and texts cut, so that no expression can take long. */
export function bounded(body: JsonRecord): unknown {
  let nodes = 0;
  const cut = (value: unknown): unknown => {
    nodes += 1;
    if (nodes > maxNodes) return null;
    if (typeof value === 'string')
      return value.length > maxCharacters ? value.slice(0, maxCharacters) : value;
    if (Array.isArray(value)) return value.slice(0, maxItems).map(cut);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, maxItems)
        .map(([name, inner]) => [name, cut(inner)]),
    );
  };
  return cut(body);
}
