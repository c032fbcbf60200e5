/** What it takes to load the rules, measured in a process that has done nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildFastRuleSet, type CompiledRule, type SigmaEvent } from '../src/lang/sigma/index.ts';
import { programCache } from '../src/pipeline/program-cache.ts';
import { cachedReader, plainReader } from '../src/pipeline/rule-reader.ts';
import { benchLines } from './lines.ts';
import { mappings, publicRules } from './sigma-rules.ts';

export interface LoadCosts {
  readonly loadSeconds: number;
  /** For the first event of each logsource. */
  readonly programSeconds: number;
  readonly rulesMiB: number;
  readonly programsMiB: number;
}

export interface LoadSettings {
  /** A directory in which rules and programs are kept. */
  readonly cache?: string;
  /** One rule for process creations is another one than in the archive. */
  readonly changed?: boolean;
}

export async function loadInNewProcess(archive: string, settings: LoadSettings = {}): Promise<LoadCosts> {
  const flags = ['--expose-gc', ...process.execArgv.filter((flag) => flag !== '--expose-gc')];
  const child = spawn(
    process.execPath,
    [...flags, fileURLToPath(import.meta.url), archive, JSON.stringify(settings)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
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

/** Adds to one rule, and only to that. */
function editOnce(): (content: string, path: string) => string {
  let isDone = false;
  return (content, path) => {
    if (isDone || !path.startsWith('rules/windows/process_creation/')) return content;
    isDone = true;
    return content.replace(/^( +)condition:/m, '$1added:\n$1$1Image: added\n$1condition:');
  };
}

/** One of each kind among the recorded Windows events, and one of each other logsource that rules are for. */
function firstEvents(lines: readonly string[], rules: readonly CompiledRule[]): SigmaEvent[] {
  const events = new Map<string, SigmaEvent>();
  for (const line of lines) {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const kind = `${String(fields['Channel'])} ${String(fields['EventID'])} ${String(fields['EventType'])}`;
    if (!events.has(kind)) events.set(kind, { fields, logsource: { product: 'windows' } });
  }
  for (const { rule } of rules) {
    const { definition: _, ...logsource } = rule.logsource;
    if (logsource.product !== 'windows') events.set(JSON.stringify(logsource), { fields: {}, logsource });
  }
  return [...events.values()];
}

async function main(archive: string, { cache = '', changed = false }: LoadSettings): Promise<void> {
  const { lines } = await benchLines();
  const empty = await heapMiB();
  const start = process.cpuUsage();
  const kept = { directory: cache, version: 'bench' };
  const reader = cache === '' ? plainReader() : cachedReader(kept);
  const programs = cache === '' ? undefined : programCache(kept);
  const rules = await publicRules(archive, reader, changed ? editOnce() : undefined);
  const set = buildFastRuleSet(rules, { mappings, ...(programs === undefined ? {} : { programs }) });
  const loadSeconds = cpuSeconds(start);
  reader.keep();
  const rulesMiB = (await heapMiB()) - empty;
  const events = firstEvents(lines, rules);
  const before = process.cpuUsage();
  for (const event of events) set.match(event);
  const programSeconds = cpuSeconds(before);
  programs?.keep();
  for (const line of lines) set.match({ fields: JSON.parse(line), logsource: { product: 'windows' } });
  events.splice(0);
  const programsMiB = (await heapMiB()) - empty;
  // Asked for here, so that neither the lines nor the rules are given up before they are measured.
  if (lines.length === 0 || set.size === 0) throw new Error('nothing to measure');
  const costs: LoadCosts = { loadSeconds, programSeconds, rulesMiB, programsMiB };
  console.log(JSON.stringify(costs));
}

const [, script, archive, settings = '{}'] = process.argv;
if (script === fileURLToPath(import.meta.url) && archive !== undefined)
  await main(archive, JSON.parse(settings) as LoadSettings);
