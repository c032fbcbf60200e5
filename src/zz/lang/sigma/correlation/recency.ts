/** Keys in the order in which they were last touched, each with a slot number for the columns of others. */
import { grown, SlotPool } from './columns.ts';

const none = -1;

/** Holds keys, their slots, and a doubly linked list of slots from the oldest touch to the newest. */
export class RecencyMap {
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #pool = new SlotPool();
  #touched = new Float64Array(0);
  #older = new Int32Array(0);
  #newer = new Int32Array(0);
  #oldest = none;
  #newest = none;

  get size(): number {
    return this.#slots.size;
  }

  /** Room that columns by slot need. */
  get room(): number {
    return this.#pool.size;
  }

  find(key: string): number | undefined {
    return this.#slots.get(key);
  }

  add(key: string, at: number): number {
    const slot = this.#pool.take();
    if (slot >= this.#touched.length) {
      this.#touched = grown(this.#touched, slot + 1);
      this.#older = grown(this.#older, slot + 1);
      this.#newer = grown(this.#newer, slot + 1);
    }
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#append(slot, at);
    return slot;
  }

  touch(slot: number, at: number): void {
    if (slot !== this.#newest) {
      this.#unlink(slot);
      this.#append(slot, at);
    } else this.#touched[slot] = at;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#slots.delete(this.keyOf(slot));
    this.#keys[slot] = '';
    this.#pool.give(slot);
  }

  keyOf(slot: number): string {
    return this.#keys[slot] ?? '';
  }

  touchedAt(slot: number): number {
    return this.#touched[slot] ?? 0;
  }

  /** The slot that was touched longest ago, or -1. */
  oldest(): number {
    return this.#oldest;
  }

  /** From the oldest touch to the newest. */
  *slots(): Generator<number> {
    for (let slot = this.#oldest; slot !== none; slot = this.#newer[slot] ?? none) yield slot;
  }

  #append(slot: number, at: number): void {
    this.#touched[slot] = at;
    this.#older[slot] = this.#newest;
    this.#newer[slot] = none;
    if (this.#newest !== none) this.#newer[this.#newest] = slot;
    else this.#oldest = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] ?? none;
    const newer = this.#newer[slot] ?? none;
    if (older === none) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === none) this.#newest = older;
    else this.#older[newer] = older;
  }
}
