/** Cuts Windows events as XML: one after another, one a line, or inside of an `<Events>` document. */
import type { Cutter, Emit, Frame } from '../cutter.ts';
import type { Framer } from '../frame.ts';

const close = Buffer.from('</Event>');
const begin = /<Event[\s>/]/;
/** What stands between events and is no record. */
const markup = /<\?xml[^>]*\?>|<!--[\s\S]*?-->|<\/?Events(?:\s[^>]*)?>|\uFEFF/g;
/** Bytes that may be the beginning of `<Event>` or of a longer piece of markup. */
const maxBetween = 4_096;

/** Every `<Event>…</Event>` is a record. Text between events is kept as a record, too: it can't be one. */
export class XmlEventsCutter implements Cutter {
  readonly #framer: Framer;
  #pending: Buffer = Buffer.alloc(0);
  #inEvent = false;

  constructor(framer: Framer) {
    this.#framer = framer;
    framer.describe({ decoder: 'xml' }, () => undefined);
  }

  push(chunk: Uint8Array, emit: Emit): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#inEvent ? this.#finish(emit) : this.#begin(emit));
  }

  end(emit: Emit): Frame | null {
    if (this.#inEvent) this.#framer.append(this.#pending, 0, this.#pending.length);
    else this.#stray(this.#pending, emit);
    return this.#framer.end();
  }

  broken(): Frame | null {
    return this.#framer.broken();
  }

  /** Up to the next event; false when more bytes are needed. */
  #begin(emit: Emit): boolean {
    const text = this.#pending.toString('latin1');
    const at = text.search(begin);
    if (at === -1) {
      if (this.#pending.length <= maxBetween) return false;
      const keep = this.#pending.length - maxBetween / 2;
      this.#stray(this.#pending.subarray(0, keep), emit);
      this.#pending = this.#pending.subarray(keep);
      return false;
    }
    this.#stray(this.#pending.subarray(0, at), emit);
    this.#pending = this.#pending.subarray(at);
    this.#inEvent = true;
    return true;
  }

  /** Up to the end of the event; false when more bytes are needed. */
  #finish(emit: Emit): boolean {
    const at = this.#pending.indexOf(close);
    const end = at === -1 ? Math.max(0, this.#pending.length - close.length + 1) : at + close.length;
    this.#framer.append(this.#pending, 0, end);
    this.#pending = this.#pending.subarray(end);
    if (at === -1) return false;
    this.#framer.endRecord(emit);
    this.#inEvent = false;
    return true;
  }

  #stray(bytes: Buffer, emit: Emit): void {
    const rest = bytes.toString('utf8').replace(markup, '').trim();
    if (rest !== '') this.#framer.record(Buffer.from(rest, 'utf8'), emit);
  }
}
