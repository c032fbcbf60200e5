/** What the keys of an event lead to. */
import type { Reader } from './build.ts';
import { getOrAdd } from './get-or-add.ts';

export class KeyEntry {
  /** Fields that the key answers alone. */
  readonly direct: Reader[] = [];
  /** Fields that it answers when the event lacks their alias. */
  readonly unlessAlias: Reader[] = [];
  /** Fields with a dotted name of which the key is the beginning. */
  readonly nested: Reader[] = [];
  /** The one field that it leads to, as nearly always. */
  only: Reader | null = null;
}

/** A key that no rule asks for. */
export const unknownKey = new KeyEntry();

/** Keys of an event that are compared with those of the event before it. */
const maxPositions = 128;

export class KeyTable {
  readonly #entries = new Map<string, KeyEntry>();
  readonly #lastKeys: string[] = [];
  readonly #lastEntries: KeyEntry[] = [];

  constructor(readers: readonly Reader[]) {
    for (const reader of readers) if (reader.slot.field !== '') this.#add(reader);
    for (const entry of this.#entries.values()) {
      const [first, ...others] = [...entry.direct, ...entry.unlessAlias, ...entry.nested];
      if (first !== undefined && first === entry.direct[0] && others.length === 0) entry.only = first;
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

  /** For the key at a position of the event: events of one kind have the same keys in the same order. */
  at(position: number, key: string): KeyEntry {
    if (this.#lastKeys[position] === key) return this.#lastEntries[position] as KeyEntry;
    const entry = this.#entries.get(key) ?? unknownKey;
    if (position < maxPositions) {
      this.#lastKeys[position] = key;
      this.#lastEntries[position] = entry;
    }
    return entry;
  }
}

/** `a.b.c`, `a` and `a.b` for `a.b.c`: the keys of an event under which a value of that name may be. */
function beginnings(name: string): readonly string[] {
  const found = [name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1))
    found.push(name.slice(0, dot));
  return found;
}
