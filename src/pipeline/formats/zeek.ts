/** Cuts Zeek's TSV and W3C's extended logs (IIS): rows are records, the header in force goes into their context. */
import type { Cutter, Emit, Frame } from '../cutter.ts';
import type { Framer } from '../frame.ts';

const newline = 0x0a;
const hash = 0x23;
/** What a reader of the rows needs; `#open`, `#close` and `#Date` say nothing of them and differ from file to file. */
const meaning = /^#(?:separator|set_separator|empty_field|unset_field|path|fields|types|Software|Fields)\b/;
/** With which a whole header begins. */
const beginning = /^#(?:separator|Software)\b/;

/**
 * A header is taken into the identity of the rows after it, so that the same rows under other columns are other
 * events. A header in the middle of a file (logs that were joined, new columns after a restart) is in force from
 * there on.
 */
export class ZeekCutter implements Cutter {
  readonly #framer: Framer;
  #line: Buffer = Buffer.alloc(0);
  #header: string[] = [];
  #inHeader = false;
  #inRow = false;

  constructor(framer: Framer) {
    this.#framer = framer;
    framer.describe({ decoder: 'table', header: '' }, () => undefined);
  }

  push(chunk: Uint8Array, emit: Emit): void {
    let at = 0;
    while (at < chunk.length) {
      const end = chunk.indexOf(newline, at);
      const to = end === -1 ? chunk.length : end;
      if (!this.#inRow && this.#line.length === 0 && to > at) this.#inRow = chunk[at] !== hash;
      if (this.#inRow) {
        this.#describe(emit);
        this.#framer.append(chunk, at, to);
      } else this.#line = Buffer.concat([this.#line, chunk.subarray(at, to)]);
      if (end === -1) return;
      this.#endLine(emit);
      at = end + 1;
    }
  }

  end(emit: Emit): Frame | null {
    if (!this.#inRow) this.#endLine(emit);
    return this.#framer.end();
  }

  broken(): Frame | null {
    return this.#framer.broken();
  }

  #endLine(emit: Emit): void {
    if (this.#inRow) this.#framer.endRecord(emit);
    else this.#headerLine(this.#line.toString('utf8').replace(/\r$/, ''));
    this.#line = Buffer.alloc(0);
    this.#inRow = false;
  }

  #headerLine(line: string): void {
    if (!meaning.test(line)) return;
    // A new header begins with its separator or the software, or at least after rows.
    if (!this.#inHeader) this.#header = beginning.test(line) ? [] : this.#inherited(line);
    this.#inHeader = true;
    this.#header.push(line);
  }

  /** Lines of the header in force that a partial one, which names only its fields, does not replace. */
  #inherited(line: string): string[] {
    const names = /^#fields\b/i.test(line) ? /^#(?:fields|types)\b/i : /^$/;
    return this.#header.filter((one) => !names.test(one));
  }

  /** Before the first row under a header. */
  #describe(emit: Emit): void {
    if (!this.#inHeader) return;
    this.#inHeader = false;
    const header = this.#header.join('\n');
    this.#framer.describe({ decoder: 'table', header }, emit);
    this.#framer.mix(Buffer.from(header, 'utf8'));
  }
}
