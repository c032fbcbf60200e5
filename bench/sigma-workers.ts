/** Threads that match whole buffers of lines, each with its own rules. */
import { once } from 'node:events';
import { isMainThread, parentPort, type Worker, workerData } from 'node:worker_threads';
import { spawnThread } from '../src/base/thread.ts';
import { buildFastRuleSet } from '../src/lang/sigma/index.ts';
import { sharedPath } from '../test/support/shared.ts';
import { LineEvent, mappings, publicRules } from './sigma-rules.ts';

const bufferBytes = 1_000_000;
const role = 'sigma bench worker';
const rounds = 5;

/**
 * Events a second with one worker and with two, and the gain: the two take turns on the same threads, and the
 * median of the rounds counts, so that a busy moment of the machine falls on both.
 */
export async function workerThroughput(
  lines: readonly string[],
): Promise<{ readonly one: number; readonly two: number; readonly gain: number }> {
  const workers = await Promise.all([startWorker(), startWorker()]);
  const rate = async (some: readonly Worker[]): Promise<number> => {
    const waiting = buffersOf(lines);
    const start = performance.now();
    await Promise.all(some.map((worker) => feed(worker, waiting)));
    return lines.length / ((performance.now() - start) / 1_000);
  };
  // Makes the programs, and the machine code.
  for (const worker of workers) await rate([worker]);
  const found: { one: number; two: number; gain: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = await rate(workers.slice(round % 2, (round % 2) + 1));
    const two = await rate(workers);
    found.push({ one, two, gain: two / one });
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  const middle = found.toSorted((a, b) => a.gain - b.gain)[Math.floor(rounds / 2)];
  return middle ?? { one: Number.NaN, two: Number.NaN, gain: Number.NaN };
}

async function startWorker(): Promise<Worker> {
  const worker = spawnThread(new URL(import.meta.url), role);
  await once(worker, 'message');
  return worker;
}

async function feed(worker: Worker, waiting: Uint8Array<ArrayBuffer>[]): Promise<void> {
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    worker.postMessage(next, [next.buffer]);
    await once(worker, 'message');
  }
}

function buffersOf(lines: readonly string[]): Uint8Array<ArrayBuffer>[] {
  const buffers: Uint8Array<ArrayBuffer>[] = [];
  let part: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (part.length > 0) buffers.push(new TextEncoder().encode(part.join('\n')));
    [part, size] = [[], 0];
  };
  for (const line of lines) {
    part.push(line);
    size += line.length;
    if (size >= bufferBytes) flush();
  }
  flush();
  return buffers;
}

async function work(): Promise<void> {
  const rules = await publicRules(sharedPath('sigma', 'sigmahq-rules.tar.gz') ?? '');
  const set = buildFastRuleSet(rules, { mappings });
  const decoder = new TextDecoder();
  parentPort?.on('message', (bytes: Uint8Array) => {
    let matches = 0;
    const events = decoder
      .decode(bytes)
      .split('\n')
      .map((line) => new LineEvent(line, { product: 'windows' }));
    const offsets = new Uint32Array(2 * events.length);
    set.matchBatch({ buffer: bytes, offsets, event: (at) => events[at] ?? null }, (_, found) => {
      matches += found.length;
    });
    parentPort?.postMessage(matches);
  });
  parentPort?.postMessage('ready');
}

if (!isMainThread && workerData === role) await work();
