/** Recorded records of cloud services, web servers and networks through their parsers, where they are at hand. */
import { describe, expect, it } from 'vitest';
import { checkSamples, type ReadSamples, readLines, sampleFiles } from '../../../test/support/samples.ts';
import { parsers } from './index.generated.ts';

/** A delivery file's members, as its container gives them. */
const readTrail: ReadSamples = (path, text) => {
  if (!path.endsWith('.json')) return readLines(path, text);
  const { Records } = JSON.parse(text) as { Records: readonly unknown[] };
  return Records.map((record) => ({ file: path, raw: JSON.stringify(record) }));
};

const readZeek: ReadSamples = (path, text) => {
  const lines = text.split('\n').filter((line) => line !== '');
  if (!text.startsWith('#')) return readLines(path, text);
  const header = lines.filter((line) => line.startsWith('#') && !line.startsWith('#close')).join('\n');
  const context = { decoder: 'table' as const, header };
  return lines.filter((line) => !line.startsWith('#')).map((raw) => ({ file: path, raw, context }));
};

const kinds: readonly { kind: string; read?: ReadSamples }[] = [
  { kind: 'aws-cloudtrail', read: readTrail },
  { kind: 'zeek', read: readZeek },
  { kind: 'okta' },
  { kind: 'azure-entra' },
  { kind: 'web-nginx' },
  { kind: 'web-apache' },
];
const absent = sampleFiles('zeek').length === 0;
if (absent) console.log('parsers: tests on recorded records skipped, the shared data folder is absent');

describe.skipIf(absent)('recorded records', { timeout: 120_000 }, () => {
  it.each(kinds)(
    '$kind: under one in a hundred is unparsed, all views keep the rules of OCSF',
    ({ kind, read }) => {
      const report = checkSamples(kind, parsers, read);
      console.log(kind, JSON.stringify(report.by), 'without time', report.withoutTime);
      expect(report.records).toBeGreaterThan(0);
      expect(report.ocsfProblems).toEqual([]);
      expect(report.unparsed.length / report.records, report.unparsed.slice(0, 5).join('\n')).toBeLessThan(
        0.01,
      );
    },
  );
});
