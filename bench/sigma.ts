/** The Sigma engine: what it costs beside JSON.parse of the same lines, on one core, with all public rules. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  buildFastRuleSet,
  buildRuleSet,
  type CompiledRule,
  type RuleSet,
  type SigmaEvent,
} from '../src/lang/sigma/index.ts';
import type { RecordContext } from '../src/model/batch.ts';
import { parseRecord } from '../src/pipeline/parse.ts';
import { parsers } from '../src/plugins/parsers/index.generated.ts';
import { sharedPath } from '../test/support/shared.ts';
import { generatedLines } from './generated-lines.ts';
import { benchLines } from './lines.ts';
import { collectGarbage, perSecond, row } from './measure.ts';
import { type LoadCosts, loadInNewProcess } from './sigma-load.ts';
import { LineEvent, mappings, publicRules } from './sigma-rules.ts';
import { workerThroughput } from './sigma-workers.ts';

type Read = (line: string) => SigmaEvent | null;
/** The lines of a pass: the same ones again, or new ones each time. */
type Lane = (pass: number) => readonly string[];

const windows = { product: 'windows' } as const;
const asWindows: Read = (line) => new LineEvent(line, windows);
const passes = 5;
/** Events of a batch; the pipeline's are as large or larger. */
const slice = 1_000;

export async function benchSigma(): Promise<void> {
  const archive = sharedPath('sigma', 'sigmahq-rules.tar.gz');
  if (archive === null) return console.log('\nNo rule archive here: the Sigma benchmark is left out.');
  const rules = await publicRules(archive);
  const { what, lines } = await benchLines();
  const creations = lines.filter((line) => /"EventID":(?:1|4688),/.test(line));
  console.log(`\n### The Sigma engine, one core: ${rules.length.toLocaleString('en-US')} rules; ${what}\n`);
  row('lane', 'events/s', '× JSON.parse', 'of it matching, µs', 'matches');
  row('---', '---:', '---:', '---:', '---:');
  const all = (): RuleSet => buildFastRuleSet(rules, { mappings });
  const mixed = lane('mixed', () => lines, all());
  lane('mixed, one event at a time', () => lines, all(), asWindows, oneByOne);
  lane('process creations', () => creations, all());
  lane('10,000 new command lines each pass', (pass) => generatedLines(10_000, pass), all());
  lane('mixed, no value remembered', () => lines, buildFastRuleSet(rules, { mappings, cacheBytes: 0 }));
  lane('mixed, through the Windows parser', () => lines, all(), parsedEvent);
  const hundred = rules.filter((_, at) => at % Math.ceil(rules.length / 100) === 0);
  const few = lane(`mixed, ${hundred.length} rules`, () => lines, buildFastRuleSet(hundred, { mappings }));
  const none = { product: 'none' };
  const unwanted: Read = (line) => new LineEvent(line, none);
  lane('no rule is for the logsource', () => lines, all(), unwanted);
  const part = lines.filter((_, at) => at % 50 === 0);
  lane('mixed, plain evaluator, 1 event in 50', () => part, buildRuleSet(rules, mappings));
  console.log(`\n100 → all rules: ${(mixed / few).toFixed(2)} ×\n`);
  await otherSources(rules);
  await loadTable(archive);
  await workerTable(lines);
}

const context = {
  id: 'b',
  tenant: 'main',
  source: 'b',
  decoder: 'json',
  transport: 'file',
} as unknown as RecordContext;
const parsedEvent: Read = (line) => {
  const outcome = parseRecord(line, context, parsers);
  return outcome.kind === 'event'
    ? { fields: outcome.event.native, logsource: outcome.event.logsource }
    : null;
};

/** Parsing and matching in turns with parsing alone, so that a busy machine slows both. Returns seconds an event. */
function lane(
  name: string,
  linesOf: Lane,
  set: RuleSet,
  read: Read = asWindows,
  match: Match = inBatches,
): number {
  const ratios: { readonly ratio: number; readonly base: number; readonly whole: number }[] = [];
  let [matches, count] = [0, 0];
  for (let pass = 0; pass <= passes; pass += 1) {
    const lines = linesOf(pass);
    let [base, whole] = [0, 0];
    [matches, count] = [0, lines.length];
    for (let from = 0; from < lines.length; from += slice) {
      const some = lines.slice(from, from + slice);
      // Read once before, so that lines made a moment ago are as warm for the first of the two as for the second.
      for (const line of some) JSON.parse(line);
      base += cpu(() => {
        for (const line of some) JSON.parse(line);
      });
      whole += cpu(() => {
        matches += match(set, some.map(read));
      });
    }
    // The first pass builds the programs and warms the machine code; its garbage is not for the others to collect.
    if (pass === 0) collectGarbage();
    else ratios.push({ ratio: whole / base, base: base / count, whole: whole / count });
  }
  const middle = ratios.sort((a, b) => a.ratio - b.ratio)[Math.floor(passes / 2)] ?? {
    ratio: 0,
    base: 0,
    whole: 1,
  };
  const matching = (middle.whole - middle.base) * 1e6;
  row(name, perSecond(1, middle.whole), middle.ratio.toFixed(2), matching.toFixed(1), matches);
  return middle.whole;
}

type Match = (set: RuleSet, events: readonly (SigmaEvent | null)[]) => number;

const inBatches: Match = (set, events) => {
  let matches = 0;
  const offsets = new Uint32Array(2 * events.length);
  const batch = { buffer: new Uint8Array(0), offsets, event: (at: number) => events[at] ?? null };
  set.matchBatch(batch, (_, rules) => {
    matches += rules.length;
  });
  return matches;
};

const oneByOne: Match = (set, events) =>
  events.reduce((matches, event) => matches + (event === null ? 0 : set.match(event).length), 0);

/** Seconds of processor time. */
function cpu(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Events of a pass: with fewer, one collection of garbage weighs as much as the matching. */
const sampleEvents = 20_000;

/** JSON records of other products as they are, for which the collection has rules. */
const sources = [
  { folder: 'aws-cloudtrail', logsource: { product: 'aws', service: 'cloudtrail' } },
  { folder: 'okta', logsource: { product: 'okta', service: 'okta' } },
  { folder: 'github-audit', logsource: { product: 'github', service: 'audit' } },
  { folder: 'gcp-audit', logsource: { product: 'gcp', service: 'gcp.audit' } },
  { folder: 'azure-activity', logsource: { product: 'azure', service: 'activitylogs' } },
  { folder: 'kubernetes-audit', logsource: { product: 'kubernetes', service: 'audit' } },
  { folder: 'zeek', logsource: { product: 'zeek', service: 'dns' } },
] as const;

async function otherSources(rules: readonly CompiledRule[]): Promise<void> {
  console.log('### Rules of other products on JSON samples as they are\n');
  row('lane', 'events/s', '× JSON.parse', 'of it matching, µs', 'matches');
  row('---', '---:', '---:', '---:', '---:');
  for (const { folder, logsource } of sources) {
    const found = await sampleRecords(sharedPath('samples', folder) ?? '');
    if (found.length === 0) continue;
    const lines = Array.from({ length: sampleEvents }, (_, at) => found[at % found.length] ?? '{}');
    const set = buildFastRuleSet(rules, { mappings });
    lane(
      `${folder} (${found.length} records)`,
      () => lines,
      set,
      (line) => new LineEvent(line, logsource),
    );
  }
}

async function sampleRecords(folder: string): Promise<readonly string[]> {
  const records: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:json|ndjson|jsonl|log|gz)$/.test(entry.name)) continue;
    const content = await readFile(join(entry.parentPath, entry.name));
    const text = (entry.name.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8');
    for (const candidate of [text, ...text.split('\n')]) records.push(...objectsIn(candidate));
  }
  return records;
}

function objectsIn(text: string): readonly string[] {
  try {
    const json: unknown = JSON.parse(text);
    const list: readonly unknown[] = Array.isArray(json) ? json : [json];
    return list.filter((one) => typeof one === 'object' && one !== null).map((one) => JSON.stringify(one));
  } catch {
    return [];
  }
}

async function loadTable(archive: string): Promise<void> {
  const cold = await loadInNewProcess(archive);
  const cache = await mkdtemp(join(tmpdir(), 'wf-bench-rules-'));
  await loadInNewProcess(archive, { cache });
  const kept = await loadInNewProcess(archive, { cache });
  const changed = await loadInNewProcess(archive, { cache, changed: true });
  await rm(cache, { recursive: true });
  const all = [cold, kept, changed];
  const cells = (of: (costs: LoadCosts) => number, digits: number): readonly string[] =>
    all.map((costs) => of(costs).toFixed(digits));
  console.log('\n### Loading, each in a process of its own\n');
  row('measure', 'cold', 'kept from an earlier start', 'kept, one rule for process creations changed since');
  row('---', '---:', '---:', '---:');
  row('archive to rule set, CPU s', ...cells(({ loadSeconds }) => loadSeconds, 2));
  row('first events of all logsources, CPU s', ...cells(({ programSeconds }) => programSeconds, 2));
  row('memory for the rules, MiB', ...cells(({ rulesMiB }) => rulesMiB, 0));
  row('memory with programs and remembered values, MiB', ...cells(({ programsMiB }) => programsMiB, 0));
}

async function workerTable(lines: readonly string[]): Promise<void> {
  console.log('\n### Worker threads that take whole buffers, parsing and matching, wall clock\n');
  row('workers', 'events/s', 'against one');
  row('---', '---:', '---:');
  const { one, two, gain } = await workerThroughput(lines);
  row(1, Math.round(one).toLocaleString('en-US'), '1.00');
  row(2, Math.round(two).toLocaleString('en-US'), gain.toFixed(2));
}
