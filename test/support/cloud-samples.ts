/** How records come out of the sample files whose containers are not lines of records. */
import { readdirSync, readFileSync } from 'node:fs';
import type { RecordContext } from '../../src/model/batch.ts';
import { goldenContext } from './golden.ts';
import { type ReadSamples, readLines, type SampleRecord, sampleFiles } from './samples.ts';
import { sharedPath } from './shared.ts';

/** CloudTrail's delivery files hold a list of records, Zeek's tables a header and rows; others are lines. */
export const readSamples: ReadSamples = (path, text) => {
  if (text.startsWith('{"Records"')) {
    const { Records } = JSON.parse(text) as { Records: readonly unknown[] };
    return Records.map((record) => ({ file: path, raw: JSON.stringify(record) }));
  }
  if (!text.startsWith('#separator')) return readLines(path, text);
  const lines = text.split('\n').filter((line) => line !== '');
  const header = lines.filter((line) => line.startsWith('#') && !line.startsWith('#close')).join('\n');
  const context = { decoder: 'table' as const, header };
  return lines.filter((line) => !line.startsWith('#')).map((raw) => ({ file: path, raw, context }));
};

export interface Sample {
  readonly raw: string;
  readonly context: RecordContext;
}

function contextOf({ context }: SampleRecord): RecordContext {
  return { ...goldenContext, ...context };
}

/** All records of a kind, with the contexts they would be received in. */
export function samplesOf(kind: string): readonly Sample[] {
  return sampleFiles(kind).flatMap((path) =>
    readSamples(path, readFileSync(sharedPath('samples', path) ?? path, 'utf8')).map((record) => ({
      raw: record.raw,
      context: contextOf(record),
    })),
  );
}

/** All kinds of samples that are at hand, by the names of their folders. */
export function sampleKinds(): readonly string[] {
  const folder = sharedPath('samples');
  if (folder === null) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).filter((name) => name !== 'LICENSES');
}

export interface Judged extends Sample {
  /** What upstream's own detection is called, and the name of its test. */
  readonly title: string;
  readonly test: string;
  readonly fires: boolean;
}

/** Panther's audit records of a kind with upstream's verdict on each. */
export function judgedSamples(kind: string): readonly Judged[] {
  const path = sharedPath('samples', kind, 'panther', `${kind}.ndjson`);
  if (path === null) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const { event, upstream_title, test, upstream_rule_fires } = JSON.parse(line) as {
        event: unknown;
        upstream_title: string;
        test: string;
        upstream_rule_fires: boolean;
      };
      const raw = JSON.stringify(event);
      return { raw, context: goldenContext, title: upstream_title, test, fires: upstream_rule_fires };
    });
}

export interface ExpectedRecord {
  /** The line of the file that has what upstream's parser got; else that text itself. */
  readonly raw: string;
  /** What upstream's parser found: `source_ip`, `http_status`, … */
  readonly meta: Readonly<Record<string, string>>;
}

/** Upstream's own results for the files of a kind whose names begin so. */
export function expectedRecords(kind: string, name: string): readonly ExpectedRecord[] {
  const path = sharedPath('samples', kind, 'crowdsec', `${name}.expected.json`);
  if (path === null) return [];
  const { results } = JSON.parse(readFileSync(path, 'utf8')) as {
    results: readonly {
      readonly stage: string;
      readonly success: boolean;
      readonly parsed?: Readonly<Record<string, string>>;
      readonly meta?: Readonly<Record<string, string>>;
    }[];
  };
  const log = sharedPath('samples', kind, 'crowdsec', `${name}.log`) ?? path;
  const lines = readFileSync(log, 'utf8').split('\n');
  return results
    .filter(({ stage, success }) => stage === 's01-parse' && success)
    .map(({ parsed, meta }) => {
      const message = parsed?.['message'] ?? '';
      const address = meta?.['source_ip'] ?? '';
      const raw = lines.find((line) => line.includes(message) && line.includes(address));
      return { raw: raw ?? message, meta: meta ?? {} };
    });
}
