/** Recorded records of cloud services, web servers and networks through their parsers, where they are at hand. */
import { describe, expect, it } from 'vitest';
import { readSamples, samplesOf } from '../../../test/support/cloud-samples.ts';
import { checkSamples, sampleFiles } from '../../../test/support/samples.ts';
import { claimants } from '../../pipeline/parse.ts';
import { parsers } from './index.generated.ts';

const kinds = ['aws-cloudtrail', 'zeek', 'okta', 'azure-entra', 'web-nginx', 'web-apache'];
const absent = sampleFiles('zeek').length === 0;
if (absent) console.log('parsers: tests on recorded records skipped, the shared data folder is absent');

describe.skipIf(absent)('recorded records', { timeout: 120_000 }, () => {
  it.each(kinds)('%s: under one in a hundred is unparsed, all views keep the rules of OCSF', (kind) => {
    const report = checkSamples(kind, parsers, readSamples);
    expect(report.records).toBeGreaterThan(0);
    expect(report.ocsfProblems).toEqual([]);
    expect(report.unparsed.length / report.records, report.unparsed.slice(0, 5).join('\n')).toBeLessThan(
      0.01,
    );
  });

  it.each(kinds)('%s: no record is taken by two parsers', (kind) => {
    const shared = new Set<string>();
    for (const { raw, context } of samplesOf(kind)) {
      for (const { parsers: names } of claimants(raw, context, parsers)) {
        if (names.length > 1) shared.add(names.join(' and '));
      }
    }
    expect([...shared]).toEqual([]);
  });
});
