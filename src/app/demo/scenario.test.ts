import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildRuleSet,
  compileRule,
  parseMappings,
  parseSigma,
  type RuleSet,
} from '../../lang/sigma/index.ts';
import parser from '../../plugins/parsers/windows-json.ts';
import { demoNoise, demoScenario } from './scenario.ts';

const content = new URL('../../../content/', import.meta.url);
const end = Date.parse('2026-03-04T14:30:00.000Z');
const context = {
  id: 'c',
  tenant: 'main',
  source: 'demo',
  decoder: 'json',
  transport: 'file',
} as unknown as Parameters<typeof parser.parse>[1];

let rules: RuleSet;
beforeAll(() => {
  const mappings = parseMappings(readFileSync(new URL('mappings/windows.yml', content), 'utf8'));
  const folder = new URL('rules/', content);
  const compiled = readdirSync(folder)
    .filter((name) => !name.endsWith('.evidence.yml'))
    .flatMap((name) => parseSigma(readFileSync(new URL(name, folder), 'utf8'), name).documents)
    .flatMap((rule) => {
      const result = compileRule(rule, { mappings });
      return result.ok ? [result.value] : [];
    });
  rules = buildRuleSet(compiled, mappings);
});

function titles(records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return records.flatMap((record) => {
    const event = parser.parse(record, context, null);
    if (event.kind !== 'event') throw new Error(`unparsed: ${JSON.stringify(record)}`);
    return rules
      .match({ fields: event.native, logsource: event.logsource })
      .map(({ rule }) => `${rule.title} on ${String(record['Computer'])}`);
  });
}

function calls(records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return records.flatMap((record) =>
    rules
      .match({ fields: record, logsource: { product: 'aws', service: 'cloudtrail' } })
      .map(({ rule }) => rule.title),
  );
}

describe('the demo', () => {
  it('tells its story to the rules, step by step, and nothing else raises them', () => {
    const { windows, aws } = demoScenario(end);
    expect(titles(windows)).toEqual([
      'Office Program Started a Shell or Script Host on WS-FIN-07.corp.example',
      'PowerShell Runs a Hidden or Downloading Encoded Command on WS-FIN-07.corp.example',
      'Process Memory Dumped Through comsvcs.dll on WS-FIN-07.corp.example',
      'LSASS Memory Opened by an Unusual Process on WS-FIN-07.corp.example',
      'Service Installed in the Manner of PsExec (Security Log) on FS-FIN-01.corp.example',
      'Secrets Replicated by an Account That Is No Domain Controller on DC-01.corp.example',
      'Files Copied Out With Rclone on WS-FIN-07.corp.example',
      'Windows Security Log Was Cleared on WS-FIN-07.corp.example',
    ]);
    expect(calls(aws)).toEqual([
      'CloudTrail Stopped, Deleted or Narrowed',
      'Access Key Created for Another User',
      'Bucket Opened to Everyone',
    ]);
  });

  it('is the same to the byte for the same moment, so that a second start stores nothing twice', () => {
    expect(JSON.stringify(demoScenario(end))).toBe(JSON.stringify(demoScenario(end)));
    expect(JSON.stringify(demoScenario(end + 1))).not.toBe(JSON.stringify(demoScenario(end)));
  });

  it('has more everyday than attack in it, in order of time, and ends before now', () => {
    const { windows } = demoScenario(end);
    const times = windows.map((record) => Date.parse(String(record['TimeCreated'])));
    expect(windows.length).toBeGreaterThan(300);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThan(end);
  });

  it('goes on with an everyday that raises nothing', () => {
    const noise = demoNoise(end);
    const records = Array.from({ length: 1_000 }, (_, i) => noise.windows(end + i * 5_000)).flat();
    expect(titles(records)).toEqual([]);
    expect(calls([noise.aws(end)])).toEqual([]);
  });

  it('dates nothing after the moment at which it is told: clocks of the demo are right', () => {
    const noise = demoNoise(end);
    for (let at = end; at < end + 1_000_000; at += 5_000) {
      const times = noise.windows(at).map((record) => Date.parse(String(record['TimeCreated'])));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Math.max(...times)).toBeLessThanOrEqual(at);
    }
  });

  it('names only addresses and domains that are reserved for examples', () => {
    const text = JSON.stringify(demoScenario(end));
    const addresses = new Set(text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g));
    expect([...addresses].filter((ip) => !/^(?:192\.0\.2|198\.51\.100|203\.0\.113)\./.test(ip))).toEqual([]);
  });
});
