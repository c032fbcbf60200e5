/** Lines in the order of their time, whatever their number: sorted runs go to files and are merged at the end. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Instant } from '../base/clock.ts';

interface Line {
  /** Those without a time come last. */
  readonly time: Instant | null;
  /** Has no line feed in it. */
  readonly text: string;
}

/** Characters held in memory. */
const defaultLimit = 32 << 20;

export class SortedLines {
  readonly #limit: number;
  #held: Line[] = [];
  #size = 0;
  #folder: string | null = null;
  readonly #runs: string[] = [];

  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  async add(time: Instant | null, text: string): Promise<void> {
    this.#held.push({ time, text });
    this.#size += text.length + 64;
    if (this.#size > this.#limit) await this.#spill();
  }

  /** Lines of one time stay in the order in which they came. */
  async *lines(): AsyncGenerator<string> {
    const sources: AsyncIterator<Line>[] = this.#runs.map((run) => readRun(run));
    sources.push(fromMemory(this.#sorted()));
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (;;) {
      let first = -1;
      for (const [at, head] of heads.entries()) {
        const before = heads[first];
        if (head.done === true) continue;
        if (before === undefined || before.done === true || byTime(head.value, before.value) < 0) first = at;
      }
      const head = heads[first];
      const source = sources[first];
      if (head === undefined || head.done === true || source === undefined) return;
      yield head.value.text;
      heads[first] = await source.next();
    }
  }

  /** Removes the files. */
  async close(): Promise<void> {
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }

  #sorted(): readonly Line[] {
    return this.#held.sort(byTime);
  }

  async #spill(): Promise<void> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'watchfloor-sort-'));
    const path = join(this.#folder, String(this.#runs.length));
    const lines = this.#sorted();
    await pipeline(
      function* () {
        for (const { time, text } of lines) yield `${time ?? ''}\t${text}\n`;
      },
      createWriteStream(path, { mode: 0o600 }),
    );
    this.#runs.push(path);
    this.#held = [];
    this.#size = 0;
  }
}

function byTime(a: Line, b: Line): number {
  if (a.time === null || b.time === null) return Number(a.time === null) - Number(b.time === null);
  return a.time - b.time;
}

async function* fromMemory(lines: readonly Line[]): AsyncGenerator<Line> {
  yield* lines;
}

async function* readRun(path: string): AsyncGenerator<Line> {
  let rest = '';
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 });
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const tab = line.indexOf('\t');
      yield { time: tab === 0 ? null : Number(line.slice(0, tab)), text: line.slice(tab + 1) };
    }
  }
}
