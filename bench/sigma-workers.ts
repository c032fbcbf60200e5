/** Threads that match whole buffers of lines, each with its own rules. */
import { once } from 'node:events';
import { isMainThread, parentPort, type Worker, workerData } from 'node:worker_threads';
import { spawnThread } from '../src/base/thread.ts';
import { buildFastRuleSet } from '../src/lang/sigma/index.ts';
import { sharedPath } from '../test/support/shared.ts';
import { mappings, publicRules } from './sigma-rules.ts';

const bufferBytes = 1_000_000;
const role = 'sigma bench worker';
const rounds = 4;

/** Events a second, the best of some rounds. */
export async function workerThroughput(lines: readonly string[], count: number): Promise<number> {
  const workers = await Promise.all(Array.from({ length: count }, startWorker));
  let best = 0;
  // The first round makes the programs.
  for (let round = 0; round <= rounds; round += 1) {
    const waiting = buffersOf(lines);
    const start = performance.now();
    await Promise.all(workers.map((worker) => feed(worker, waiting)));
    const rate = lines.length / ((performance.now() - start) / 1_000);
    if (round > 0) best = Math.max(best, rate);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
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
    for (const line of decoder.decode(bytes).split('\n')) {
      matches += set.match({ fields: JSON.parse(line), logsource: { product: 'windows' } }).length;
    }
    parentPort?.postMessage(matches);
  });
  parentPort?.postMessage('ready');
}

if (!isMainThread && workerData === role) await work();
