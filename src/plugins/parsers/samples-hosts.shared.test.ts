/** Recorded lines of hosts and detectors through their parsers, where they are at hand. */
import { describe, expect, it } from 'vitest';
import { checkSamples, sampleFiles } from '../../../test/support/samples.ts';
import { parsers } from './index.generated.ts';

const kinds = [
  'linux-sshd',
  'linux-auditd',
  'linux-auth',
  'syslog',
  'windows-xml',
  'windows-json',
  'aws-guardduty',
  'ids-suricata',
  'crowdstrike',
];
const absent = sampleFiles('linux-sshd').length === 0;
if (absent) console.log('parsers: tests on recorded lines skipped, the shared data folder is absent');

describe.skipIf(absent)('recorded lines', () => {
  it.each(kinds)('%s: under one in a hundred is unparsed, and every view keeps the rules of OCSF', (kind) => {
    const report = checkSamples(kind, parsers);
    expect(report.records).toBeGreaterThan(0);
    expect(report.ocsfProblems).toEqual([]);
    expect(report.unparsed.length / report.records, report.unparsed.slice(0, 5).join('\n')).toBeLessThan(
      0.01,
    );
  });
});
