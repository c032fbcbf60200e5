/** Syntax tree → text that parses to the same tree; how menus and buttons write queries. */
import { isNetwork, type Network, type Pattern, type QueryNode } from './ast.ts';
import { numberOf } from './values.ts';

export function printQuery(node: QueryNode): string {
  return print(node, 0);
}

/** Binding strength of what surrounds a node: 0 nothing, 1 `or`, 2 `and`, 3 `not`. */
function print(node: QueryNode, within: 0 | 1 | 2 | 3): string {
  switch (node.kind) {
    case 'all':
      return '*';
    case 'text':
      return quoteText(node.pattern);
    case 'exists':
      return `${quoteField(node.field)}: *`;
    case 'compare':
      return `${quoteField(node.field)} ${node.op} ${node.value}`;
    case 'is': {
      const [only] = node.any;
      const values = node.any.map(quoteValue);
      return node.any.length === 1 && only !== undefined
        ? `${quoteField(node.field)}: ${quoteValue(only)}`
        : `${quoteField(node.field)} in (${values.join(', ')})`;
    }
    case 'not':
      return `not ${print(node.node, 3)}`;
    case 'and':
    case 'or': {
      const own = node.kind === 'or' ? 1 : 2;
      const text = node.nodes.map((one) => print(one, own)).join(` ${node.kind} `);
      return own < within ? `(${text})` : text;
    }
  }
}

/** A condition added to a query that may be empty or not end where it seems to. */
export function addCondition(query: QueryNode, condition: QueryNode): string {
  return query.kind === 'all' ? printQuery(condition) : `${print(query, 2)} and ${print(condition, 2)}`;
}

const plainField = /^[A-Za-z_@][\w.@-]*$/;
const plainValue = /^[\w.@$%+/~-]+$/;
const keywords = new Set(['and', 'or', 'not', 'in']);

export function quoteField(name: string): string {
  return plainField.test(name) && !keywords.has(name.toLowerCase()) ? name : quote(name);
}

function quoteValue(value: Pattern | Network): string {
  if (isNetwork(value)) return value.network;
  const { parts } = value;
  const [only = ''] = parts;
  if (parts.length > 1) return parts.map(escape).join('*');
  return plainValue.test(only) && !keywords.has(only.toLowerCase()) && !/\/\d+$/.test(only)
    ? only
    : quote(only);
}

function quoteText({ parts }: Pattern): string {
  const [only = ''] = parts;
  if (parts.length > 1) return parts.map(escape).join('*');
  const plain = plainField.test(only) || numberOf(only) !== null;
  return plain && !keywords.has(only.toLowerCase()) ? only : quote(only);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A part of a value with wildcards, which can't be quoted. */
function escape(part: string): string {
  return part.replace(/[\\"*():<>,=!|&\s]/g, '\\$&');
}
