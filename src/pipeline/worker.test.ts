/** The pipeline's thread with kept programs: rules that change between batches, starts, and what is on disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../base/ids.ts';
import type { ContextId, EventId, RuleId, SourceId, TenantId } from '../model/ids.ts';
import type { ActiveRule } from './evaluate.ts';
import { layOut } from './lay-out.ts';
import type { BatchInput } from './process.ts';
import { type PipelineWorker, startPipelineWorker } from './worker-client.ts';

const mappings = readFileSync('content/mappings/windows.yml', 'utf8');
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wf-worker-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function ruleOf(n: number, image: string): ActiveRule {
  const id = `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111` as RuleId;
  const source = `title: rule ${n}\nid: ${id}\nlogsource: {product: windows, category: process_creation}\ndetection:\n  sel:\n    Image|endswith: '${image}'\n  condition: sel\n`;
  return { id, hash: sha256Hex(source), source, path: `${n}.yml` };
}

/** Process creations as two programs see them: one by Sysmon's names of fields, one by those of the Security log. */
function batchOf(seq: number, images: readonly string[]): BatchInput {
  const lines = images.map((image, at) =>
    JSON.stringify(
      at % 2 === 0
        ? { EventID: 1, Channel: 'Microsoft-Windows-Sysmon/Operational', Image: image }
        : { EventID: 4688, Channel: 'Security', NewProcessName: image },
    ),
  );
  return {
    seq,
    context: {
      id: 'c' as ContextId,
      tenant: 'main' as TenantId,
      source: 's' as SourceId,
      decoder: 'json',
      transport: 'file',
    },
    receivedAt: Date.UTC(2026, 10, 26),
    ...layOut(lines.map((line) => Buffer.from(line))),
    ids: lines.map((_, at) => sha256Hex(`${seq} ${at}`).slice(0, 32) as EventId),
    flaws: new Map(),
    skip: new Set(),
  };
}

async function withWorker<T>(work: (worker: PipelineWorker) => Promise<T>): Promise<T> {
  const worker = startPipelineWorker(new URL('./worker.ts', import.meta.url), {
    mappings,
    range: { earliest: 0, futureLimitMs: 0 },
    cache: { directory, version: '1' },
  });
  try {
    return await work(worker);
  } finally {
    await worker.close();
  }
}

const programs = (): string[] =>
  readdirSync(join(directory, 'programs')).map((name) => join(directory, 'programs', name));
const images = Array.from({ length: 40 }, (_, at) => `C:\\tools\\${at % 4}.exe`);

/**
 * Batches and rules that change before each of them, none waiting for the one before: rule 1 never changes, rule 2
 * follows the batch. Returns the images that each rule matched, by batch.
 */
async function reloads(worker: PipelineWorker, count: number): Promise<readonly (readonly string[])[]> {
  const answers = Array.from({ length: count }, async (_, seq) => {
    const [, { detections }] = await Promise.all([
      worker.setRules([ruleOf(1, '\\0.exe'), ruleOf(2, `\\${seq % 4}.exe`)]),
      worker.process(batchOf(seq, images), { rows: false }),
    ]);
    return detections.map(({ ruleId, idx }) => `${Number(ruleId.slice(0, 8))} ${idx}`);
  });
  return Promise.all(answers);
}

function expected(seq: number): string[] {
  return images.flatMap((image, at) => [
    ...(image.endsWith('\\0.exe') ? [`1 ${at}`] : []),
    ...(image.endsWith(`\\${seq % 4}.exe`) ? [`2 ${at}`] : []),
  ]);
}

describe('rules that change while events come', { timeout: 60_000 }, () => {
  it('judge every event of the batches after them, and none before, by built and by kept programs', async () => {
    const all = Array.from({ length: 12 }, (_, seq) => expected(seq));
    // Within one run the programs of the first four batches come back from the files.
    expect(await withWorker((worker) => reloads(worker, 12))).toEqual(all);
    const kept = programs();
    expect(kept).toHaveLength(8);
    expect(await withWorker((worker) => reloads(worker, 12))).toEqual(all);
    expect(programs()).toEqual(kept);
    for (const path of kept) truncateSync(path, 100);
    expect(await withWorker((worker) => reloads(worker, 12))).toEqual(all);
  });
});
