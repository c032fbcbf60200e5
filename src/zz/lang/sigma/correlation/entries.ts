/** The observations of many groups: a list for each, in the order of event time, all in shared columns. */
import { grown, SlotPool } from './columns.ts';

const none = -1;

/** Where an event stands in the store: sequence of its batch, and index in it. */
export interface Place {
  readonly seq: number;
  readonly idx: number;
}

/** One observation of a group, as read back. */
export interface Entry extends Place {
  readonly time: number;
  /** Which of the correlation's rules. */
  readonly input: number;
  readonly value: string;
}

/** `valued`: entries keep a value; without, that column takes no memory. */
export class EntryLists {
  readonly #pool = new SlotPool();
  readonly #values: string[] | null;
  #head = new Int32Array(0);
  #tail = new Int32Array(0);
  #counts = new Uint32Array(0);
  #next = new Int32Array(0);
  #time = new Float64Array(0);
  #seq = new Float64Array(0);
  #idx = new Uint32Array(0);
  #input = new Uint16Array(0);

  constructor(valued: boolean) {
    this.#values = valued ? [] : null;
  }

  /** Entries of all lists. */
  get size(): number {
    return this.#pool.used;
  }

  /** An empty list for a slot that is new; `room`: of all slots. */
  open(slot: number, room: number): void {
    if (room > this.#head.length) {
      this.#head = grown(this.#head, room);
      this.#tail = grown(this.#tail, room);
      this.#counts = grown(this.#counts, room);
    }
    this.#head[slot] = none;
    this.#tail[slot] = none;
    this.#counts[slot] = 0;
  }

  count(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  /** Time of the first or last entry; the list must not be empty. */
  firstTime(slot: number): number {
    return this.#time[this.#head[slot] ?? none] ?? 0;
  }

  lastTime(slot: number): number {
    return this.#time[this.#tail[slot] ?? none] ?? 0;
  }

  firstEntry(slot: number): Entry {
    return this.#entry(this.#head[slot] ?? none);
  }

  /** Keeps the order of time; of equal times, the order of adding. */
  insert(slot: number, entry: Entry): void {
    const node = this.#store(entry);
    this.#counts[slot] = this.count(slot) + 1;
    const tail = this.#tail[slot] ?? none;
    if (tail === none || (this.#time[tail] ?? 0) <= entry.time) {
      if (tail === none) this.#head[slot] = node;
      else this.#next[tail] = node;
      this.#tail[slot] = node;
      return;
    }
    let before = none;
    let after = this.#head[slot] ?? none;
    while (after !== none && (this.#time[after] ?? 0) <= entry.time) {
      before = after;
      after = this.#next[after] ?? none;
    }
    this.#next[node] = after;
    if (before === none) this.#head[slot] = node;
    else this.#next[before] = node;
  }

  /** Takes the first entry off. */
  shift(slot: number): void {
    const node = this.#head[slot] ?? none;
    if (node === none) return;
    const next = this.#next[node] ?? none;
    this.#head[slot] = next;
    if (next === none) this.#tail[slot] = none;
    this.#counts[slot] = this.count(slot) - 1;
    if (this.#values !== null) this.#values[node] = '';
    this.#pool.give(node);
  }

  clear(slot: number): void {
    while (this.count(slot) > 0) this.shift(slot);
  }

  list(slot: number): readonly Entry[] {
    const entries: Entry[] = [];
    for (let node = this.#head[slot] ?? none; node !== none; node = this.#next[node] ?? none) {
      entries.push(this.#entry(node));
    }
    return entries;
  }

  #store(entry: Entry): number {
    const node = this.#pool.take();
    if (node >= this.#next.length) this.#grow();
    this.#next[node] = none;
    this.#time[node] = entry.time;
    this.#seq[node] = entry.seq;
    this.#idx[node] = entry.idx;
    this.#input[node] = entry.input;
    if (this.#values !== null) this.#values[node] = entry.value;
    return node;
  }

  #grow(): void {
    const { size } = this.#pool;
    this.#next = grown(this.#next, size);
    this.#time = grown(this.#time, size);
    this.#seq = grown(this.#seq, size);
    this.#idx = grown(this.#idx, size);
    this.#input = grown(this.#input, size);
  }

  #entry(node: number): Entry {
    return {
      time: this.#time[node] ?? 0,
      seq: this.#seq[node] ?? 0,
      idx: this.#idx[node] ?? 0,
      input: this.#input[node] ?? 0,
      value: this.#values?.[node] ?? '',
    };
  }
}
