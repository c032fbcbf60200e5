/** Sample files of the shared folder through decoders and parsers: nothing throws, nothing is lost, little is unparsed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decoder, RecordContext } from '../../src/model/batch.ts';
import { missingRequired, unknownAttributes } from '../../src/model/ocsf.ts';
import { parseRecord, type RecordOutcome } from '../../src/pipeline/parse.ts';
import type { Parser } from '../../src/plugins/define.ts';
import { goldenContext } from './golden.ts';
import { sharedPath } from './shared.ts';

export interface SampleRecord {
  readonly file: string;
  readonly raw: string;
  /** Where it differs from `goldenContext`. */
  readonly context?: Partial<RecordContext>;
}

/** How records come out of a file of a kind: its path below the samples folder and its text → records. */
export type ReadSamples = (path: string, text: string) => readonly SampleRecord[];

/** Names of the files of a kind, below the samples folder, in stable order; upstream's expectations are none. */
export function sampleFiles(kind: string): readonly string[] {
  const folder = sharedPath('samples', kind);
  if (folder === null) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.expected.json'))
    .map((entry) => join(kind, entry.parentPath.slice(folder.length + 1), entry.name))
    .sort();
}

/** One record a line; panther's wrap it as `event`, sc4s' as `raw`. */
export function readLines(path: string, text: string, decoder?: Decoder): readonly SampleRecord[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const raw = unwrapped(path, line);
      const guess = raw.startsWith('{') ? 'json' : raw.startsWith('<Event') ? 'xml' : 'text';
      return { file: path, raw, context: { decoder: decoder ?? guess } };
    });
}

function unwrapped(path: string, line: string): string {
  if (path.includes('/panther/')) return JSON.stringify((JSON.parse(line) as { event: unknown }).event);
  return path.includes('/sc4s/') ? (JSON.parse(line) as { raw: string }).raw : line;
}

export interface SampleReport {
  readonly records: number;
  /** Parser, or the reason why there is none → records. */
  readonly by: Readonly<Record<string, number>>;
  readonly unparsed: readonly string[];
  /** Faults of OCSF views, the first of each kind. */
  readonly ocsfProblems: readonly string[];
  readonly withoutTime: number;
}

/** Runs all files of a kind. */
export function checkSamples(
  kind: string,
  parsers: readonly Parser[],
  read: ReadSamples = readLines,
): SampleReport {
  const records = sampleFiles(kind).flatMap((path) =>
    read(path, readFileSync(sharedPath('samples', path) ?? path, 'utf8')),
  );
  const by: Record<string, number> = {};
  const unparsed: string[] = [];
  const ocsfProblems = new Set<string>();
  let withoutTime = 0;
  for (const { file, raw, context } of records) {
    const outcome = parseRecord(raw, { ...goldenContext, ...context }, parsers);
    const name = outcome.kind === 'event' ? outcome.parser.name : outcome.reason;
    by[name] = (by[name] ?? 0) + 1;
    if (outcome.kind === 'unparsed') unparsed.push(`${file}: ${outcome.reason}: ${raw.slice(0, 200)}`);
    else if (outcome.event.time === null) withoutTime += 1;
    for (const problem of problemsOf(outcome)) ocsfProblems.add(problem);
  }
  return { records: records.length, by, unparsed, ocsfProblems: [...ocsfProblems], withoutTime };
}

function problemsOf(outcome: RecordOutcome): readonly string[] {
  if (outcome.kind === 'unparsed') return [];
  const { ocsf, time } = outcome.event;
  const missing = missingRequired(ocsf).filter((name) => name !== 'time' || time !== null);
  return [
    ...missing.map((name) => `missing ${name}`),
    ...unknownAttributes(ocsf).map((name) => `unknown ${name}`),
  ];
}
