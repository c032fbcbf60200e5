/** Typed arrays that grow: columns of numbers, a few bytes each, for state of millions of entries. */

type NumberArray = Float64Array | Int32Array | Uint32Array | Uint16Array;

/** Copies `column` to at least `length` entries, doubling; entries that are new are 0. */
export function grown<T extends NumberArray>(column: T, length: number): T {
  if (column.length >= length) return column;
  let size = Math.max(64, column.length);
  // Doubling up to a million, then by half: the copy beside the original is what costs memory.
  while (size < length) size = size < 1 << 20 ? size * 2 : size + (size >> 1);
  const larger = new (column.constructor as new (size: number) => T)(size);
  larger.set(column);
  return larger;
}

/** Slots that are free again, as a stack; new ones are counted up. */
export class SlotPool {
  #free: number[] = [];
  #next = 0;

  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  give(slot: number): void {
    this.#free.push(slot);
  }

  /** Slots ever handed out: what columns have to have room for. */
  get size(): number {
    return this.#next;
  }

  get used(): number {
    return this.#next - this.#free.length;
  }
}
