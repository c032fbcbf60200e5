/** What the keys of an event lead to. */
import { getOrAdd } from './get-or-add.ts';
import type { Reader } from './parts.ts';

export class KeyEntry {
  /** Fields that the key answers alone. */
  readonly direct: Reader[] = [];
  /** Fields that it answers when the event lacks their alias. */
  readonly unlessAlias: Reader[] = [];
  /** Fields with a dotted name of which the key is the beginning. */
  readonly nested: Reader[] = [];
  /** The one field that it leads to, as nearly always. */
  only: Reader | null = null;
  /** An index looks for keywords in a plain value, with everything else. */
  findsKeywords = false;
}

/** A key that no rule asks for. */
export const unknownKey = new KeyEntry();

/** A key with those that came after it: events of one kind have the same keys in the same order. */
export class KeyNode {
  readonly key: string;
  readonly entry: KeyEntry;
  /** The one that came last, and all that came when there are several. */
  next: KeyNode | null = null;
  others: Map<string, KeyNode> | null = null;

  constructor(key: string, entry: KeyEntry) {
    this.key = key;
    this.entry = entry;
  }
}

/** Nodes that are kept; events with ever new keys make them start over. */
const maxNodes = 5_000;

export class KeyTable {
  readonly #entries = new Map<string, KeyEntry>();
  #nodes = 0;
  /** Before the first key. */
  start = new KeyNode('', unknownKey);

  constructor(readers: readonly Reader[]) {
    for (const reader of readers) if (reader.slot.field !== '') this.#add(reader);
    for (const entry of this.#entries.values()) {
      const [first, ...others] = [...entry.direct, ...entry.unlessAlias, ...entry.nested];
      if (first !== undefined && first === entry.direct[0] && others.length === 0) entry.only = first;
      entry.findsKeywords = entry.direct.some(({ index, onDemand }) => index !== null && !onDemand);
    }
  }

  #add(reader: Reader): void {
    const { field, alias } = reader.slot;
    if (field.includes('.') || alias?.includes('.') === true) {
      const starts = [field, ...(alias === null ? [] : [alias])].flatMap(beginnings);
      for (const start of new Set(starts)) this.#entry(start).nested.push(reader);
    } else if (alias === null) this.#entry(field).direct.push(reader);
    else {
      this.#entry(alias).direct.push(reader);
      this.#entry(field).unlessAlias.push(reader);
    }
  }

  #entry(key: string): KeyEntry {
    return getOrAdd(this.#entries, key, () => new KeyEntry());
  }

  /** For the key that comes after `before` in an event. */
  after(before: KeyNode, key: string): KeyNode {
    const { next } = before;
    return next !== null && next.key === key ? next : this.#other(before, key);
  }

  #other(before: KeyNode, key: string): KeyNode {
    const { next } = before;
    if (next !== null && before.others === null) before.others = new Map([[next.key, next]]);
    const known = before.others?.get(key);
    const node = known ?? new KeyNode(key, this.#entries.get(key) ?? unknownKey);
    before.next = node;
    if (known !== undefined) return known;
    before.others?.set(key, node);
    this.#nodes += 1;
    if (this.#nodes >= maxNodes) {
      this.#nodes = 0;
      this.start = new KeyNode('', unknownKey);
    }
    return node;
  }
}

/** `a.b.c`, `a` and `a.b` for `a.b.c`: the keys of an event under which a value of that name may be. */
function beginnings(name: string): readonly string[] {
  const found = [name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1))
    found.push(name.slice(0, dot));
  return found;
}
