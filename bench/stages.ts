/** Events per second of each stage of the hot path, on one core, as multiples of JSON.parse of the same lines. */
import { readFile } from 'node:fs/promises';
import { readRuleFiles } from '../src/app/rule-files.ts';
import { sha256Hex } from '../src/base/ids.ts';
import { compileRule, parseMappings, parseSigma } from '../src/lang/sigma/index.ts';
import type { RecordContext } from '../src/model/batch.ts';
import type { ContextId, RuleId, SourceId, TenantId } from '../src/model/ids.ts';
import { type ActiveRule, createEvaluator, type Evaluator } from '../src/pipeline/evaluate.ts';
import { type Frame, Framer } from '../src/pipeline/frame.ts';
import { fileChain } from '../src/pipeline/identity.ts';
import { defaultPipelineOptions } from '../src/pipeline/options.ts';
import { parseRecord } from '../src/pipeline/parse.ts';
import { processBatch } from '../src/pipeline/process.ts';
import { parsers } from '../src/plugins/parsers/index.generated.ts';
import { sharedPath } from '../test/support/shared.ts';
import { benchLines } from './lines.ts';
import { median, perSecond, row } from './measure.ts';

const context: RecordContext = {
  id: '0'.repeat(32) as ContextId,
  tenant: 'main' as TenantId,
  source: 'bench' as SourceId,
  decoder: 'json',
  transport: 'file',
};
const receivedAt = Date.UTC(2026, 10, 24);

async function ruleSet(path: string): Promise<Evaluator> {
  const mappings = parseMappings(await readFile('content/mappings/windows.yml', 'utf8'));
  const { files } = await readRuleFiles(path);
  const rules: ActiveRule[] = [];
  for (const { path: file, content } of files) {
    for (const document of parseSigma(content, file).documents) {
      if (compileRule(document, { mappings }).ok)
        rules.push({ id: document.id as RuleId, hash: sha256Hex(content), source: content, path: file });
    }
  }
  return createEvaluator(rules, mappings);
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  const framer = new Framer(fileChain(context.tenant, context.source), defaultPipelineOptions);
  framer.push(bytes, (frame) => frames.push(frame));
  const last = framer.end();
  if (last !== null) frames.push(last);
  return frames;
}

function process(frames: readonly Frame[], evaluator: Evaluator): number {
  const deps = { parsers, evaluator, range: defaultPipelineOptions };
  let detections = 0;
  for (const frame of frames) {
    detections += processBatch({ seq: 1, context, receivedAt, ...frame, skip: new Set() }, deps, {
      rows: true,
    }).detections.length;
  }
  return detections;
}

export async function benchStages(): Promise<void> {
  const { what, lines } = await benchLines();
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  console.log(
    `\n### Hot path by stage, one core: ${what}, ${Math.round(bytes.length / lines.length)} bytes each\n`,
  );
  row('stage', 'events/s', '× JSON.parse');
  row('---', '---:', '---:');
  const base = median(3, () => {
    for (const line of lines) JSON.parse(line);
  });
  const tell = (stage: string, seconds: number): void =>
    row(stage, perSecond(lines.length, seconds), (seconds / base).toFixed(1));
  tell('JSON.parse of the lines', base);
  tell(
    'framing and identity',
    median(3, () => void framesOf(bytes)),
  );
  tell(
    'JSON.parse + Windows parser (native view)',
    median(3, () => {
      for (const line of lines) parseRecord(line, context, parsers);
    }),
  );
  const frames = framesOf(bytes);
  const none = createEvaluator([], parseMappings(await readFile('content/mappings/windows.yml', 'utf8')));
  tell(
    'parse + OCSF + rows, no rules',
    median(3, () => void process(frames, none)),
  );
  const starter = await ruleSet('content/rules');
  tell(
    `the same, ${starter.size} starter rules`,
    median(3, () => void process(frames, starter)),
  );
  const archive = sharedPath('sigma', 'sigmahq-rules.tar.gz');
  if (archive === null)
    return console.log('\nNo rule archive here: the stage with thousands of rules is left out.');
  const all = await ruleSet(archive);
  tell(
    `the same, ${all.size.toLocaleString('en-US')} rules`,
    median(3, () => void process(frames, all)),
  );
}
