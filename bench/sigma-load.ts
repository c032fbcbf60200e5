/** What it takes to load the rules, measured in a process that has done nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildFastRuleSet } from '../src/lang/sigma/index.ts';
import { cachedReader, plainReader } from '../src/pipeline/rule-reader.ts';
import { benchLines } from './lines.ts';
import { mappings, publicRules } from './sigma-rules.ts';

export interface LoadCosts {
  readonly loadSeconds: number;
  readonly programSeconds: number;
  readonly rulesMiB: number;
  readonly programsMiB: number;
}

/** `cache`: a directory in which rules that were read are kept. */
export async function loadInNewProcess(archive: string, cache = ''): Promise<LoadCosts> {
  const flags = ['--expose-gc', ...process.execArgv.filter((flag) => flag !== '--expose-gc')];
  const child = spawn(process.execPath, [...flags, fileURLToPath(import.meta.url), archive, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return JSON.parse(text) as LoadCosts;
}

/** What is only held until the job ends is none of it. */
async function heapMiB(): Promise<number> {
  await setImmediate();
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1_048_576;
}

function cpuSeconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

async function main(archive: string, cache: string): Promise<void> {
  const { lines } = await benchLines();
  const empty = await heapMiB();
  const start = process.cpuUsage();
  const reader = cache === '' ? plainReader() : cachedReader({ directory: cache, version: 'bench' });
  const set = buildFastRuleSet(await publicRules(archive, reader), { mappings });
  const loadSeconds = cpuSeconds(start);
  reader.keep();
  const rulesMiB = (await heapMiB()) - empty;
  // The first event of each kind makes its program; what matching them costs is little beside it.
  const seen = new Set<string>();
  let programSeconds = 0;
  for (const line of lines) {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const kind = `${String(fields['Channel'])} ${String(fields['EventID'])} ${String(fields['EventType'])}`;
    const before = process.cpuUsage();
    set.match({ fields, logsource: { product: 'windows' } });
    if (!seen.has(kind)) programSeconds += cpuSeconds(before);
    seen.add(kind);
  }
  const programsMiB = (await heapMiB()) - empty;
  // Asked for here, so that neither the lines nor the rules are given up before they are measured.
  if (lines.length === 0 || set.size === 0) throw new Error('nothing to measure');
  const costs: LoadCosts = { loadSeconds, programSeconds, rulesMiB, programsMiB };
  console.log(JSON.stringify(costs));
}

const [, script, archive, cache = ''] = process.argv;
if (script === fileURLToPath(import.meta.url) && archive !== undefined) await main(archive, cache);
