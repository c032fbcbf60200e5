/** An event as rules see it: values by field name, read and folded once. */
import { fold } from './fold.ts';

/** One value of a field. Text is '' for what has none (null, objects). */
export interface Leaf {
  readonly value: unknown;
  readonly hasText: boolean;
  readonly text: string;
  readonly folded: string;
}

export interface FieldView {
  /** The values under a name, arrays taken apart; null when the event has no such field. */
  values(field: string): readonly Leaf[] | null;
  /** Every string, number and boolean anywhere in the event. */
  texts(): readonly Leaf[];
}

export type Fields = Readonly<Record<string, unknown>>;
/** Sigma's field name → the name in these events. */
export type Aliases = Readonly<Record<string, string>>;

export function viewOf(fields: Fields, aliases: Aliases = {}): FieldView {
  const known = new Map<string, readonly Leaf[] | null>();
  let all: readonly Leaf[] | null = null;
  return {
    values(field) {
      let leaves = known.get(field);
      if (leaves === undefined) {
        leaves = read(fields, field, aliases);
        known.set(field, leaves);
      }
      return leaves;
    },
    texts() {
      all ??= everyText(fields);
      return all;
    },
  };
}

/** An alias goes first: in a 4688 event `ProcessId` is the creator's, the new process is `NewProcessId`. */
function read(fields: Fields, field: string, aliases: Aliases): readonly Leaf[] | null {
  const alias = Object.hasOwn(aliases, field) ? aliases[field] : undefined;
  const found = (alias === undefined ? null : resolve(fields, alias)) ?? resolve(fields, field);
  return found === null ? null : flatten(found).map(leafOf);
}

/**
 * The values at a path. A name with dots that stands as such wins over the nested path, and a longer
 * name over a shorter one; an array on the way is entered.
 */
export function resolve(node: unknown, path: string): readonly unknown[] | null {
  if (Array.isArray(node)) {
    const found = flatten([node]).flatMap((item) => resolve(item, path) ?? []);
    return found.length === 0 ? null : found;
  }
  if (!isFields(node)) return null;
  if (Object.hasOwn(node, path)) return [node[path]];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(node, head)) continue;
    const found = resolve(node[head], path.slice(dot + 1));
    if (found !== null) return found;
  }
  return null;
}

function isFields(node: unknown): node is Fields {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** Arrays taken apart, in order. Not recursive: a hostile event may nest deeper than the stack. */
export function flatten(values: readonly unknown[]): readonly unknown[] {
  if (!values.some(Array.isArray)) return values;
  const flat: unknown[] = [];
  const open: unknown[] = values.toReversed();
  while (open.length > 0) {
    const node = open.pop();
    if (Array.isArray(node)) pushReversed(open, node);
    else flat.push(node);
  }
  return flat;
}

/** One by one: spreading a long array into arguments overflows the stack. */
function pushReversed(open: unknown[], items: readonly unknown[]): void {
  for (let at = items.length - 1; at >= 0; at -= 1) open.push(items[at]);
}

function leafOf(value: unknown): Leaf {
  const hasText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const text = hasText ? String(value) : '';
  return { value, hasText, text, folded: fold(text) };
}

function everyText(fields: Fields): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const open: unknown[] = [fields];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node === 'object' && node !== null) pushReversed(open, Object.values(node));
    else {
      const leaf = leafOf(node);
      if (leaf.hasText) leaves.push(leaf);
    }
  }
  return leaves;
}
