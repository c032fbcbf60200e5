/** The syntax tree of a query: what docs/guides/search.md describes, without its spelling. */

/** Half-open range of UTF-16 indices in the text of the query. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What a value is compared with: literal parts with `*` between them, so one part is a literal and
 * `['', '.exe']` is `*.exe`. Never two empty parts beside each other.
 */
export interface Pattern {
  readonly parts: readonly string[];
}

export const comparisons = ['>=', '<=', '>', '<'] as const;
export type Comparison = (typeof comparisons)[number];

interface Placed {
  /** Where it stands in the text; absent in a tree that was not parsed. */
  readonly span?: Span;
}

/** Every event. */
export interface AllNode extends Placed {
  readonly kind: 'all';
}

/** The record as received holds the parts, in this order. */
export interface TextNode extends Placed {
  readonly kind: 'text';
  readonly pattern: Pattern;
}

/** A value of the field is equal to one of the patterns, or an address in one of the networks. */
export interface IsNode extends Placed {
  readonly kind: 'is';
  readonly field: string;
  readonly any: readonly (Pattern | Network)[];
}

/** `10.0.0.0/8`, `fe80::/10`. */
export interface Network {
  readonly network: string;
}

/** The field has a value. Empty text is none. */
export interface ExistsNode extends Placed {
  readonly kind: 'exists';
  readonly field: string;
}

/** A value of the field is a number, and stands so to `value`. */
export interface CompareNode extends Placed {
  readonly kind: 'compare';
  readonly field: string;
  readonly op: Comparison;
  readonly value: number;
}

export interface NotNode extends Placed {
  readonly kind: 'not';
  readonly node: QueryNode;
}

/** At least two nodes, none of them of the same kind. */
export interface GroupNode extends Placed {
  readonly kind: 'and' | 'or';
  readonly nodes: readonly QueryNode[];
}

export type LeafNode = AllNode | TextNode | IsNode | ExistsNode | CompareNode;
export type QueryNode = LeafNode | NotNode | GroupNode;

/** `and`/`or` of any number of nodes in normal form: groups of the same kind are flattened. */
export function group(kind: GroupNode['kind'], nodes: readonly QueryNode[]): QueryNode {
  const flat = nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node]));
  const [only] = flat;
  if (only === undefined) return kind === 'and' ? { kind: 'all' } : { kind: 'not', node: { kind: 'all' } };
  return flat.length === 1 ? only : { kind, nodes: flat };
}

export function isNetwork(value: Pattern | Network): value is Network {
  return 'network' in value;
}

/** The tree without its places, for comparison. */
export function withoutSpans(node: QueryNode): QueryNode {
  const { span: _span, ...rest } = node;
  if (rest.kind === 'not') return { ...rest, node: withoutSpans(rest.node) };
  if (rest.kind === 'and' || rest.kind === 'or') return { ...rest, nodes: rest.nodes.map(withoutSpans) };
  return rest;
}
