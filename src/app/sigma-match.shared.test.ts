/** The public rule collection, its regression events and its logsource list: third-party data, skipped where it is absent. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedPath } from '../../test/support/shared.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  buildRuleSet,
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  parseSigma,
  type Refusal,
} from '../lang/sigma/index.ts';
import { mapEvent } from '../lang/sigma/mappings.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { paths } from './paths.ts';

const sigma = sharedPath('sigma');
if (sigma === null) console.log('skipped: the public Sigma collection (WATCHFLOOR_SHARED is not there)');

const active = /^(?:rules|rules-[a-z-]+)\//;

interface Collection {
  readonly compiled: readonly CompiledRule[];
  readonly refused: readonly Refusal[];
}

async function load(mappings: LogsourceMappings, folders: RegExp): Promise<Collection> {
  const compiled: CompiledRule[] = [];
  const refused: Refusal[] = [];
  const { files } = await readRuleFiles(`${sigma}/sigmahq-rules.tar.gz`);
  for (const file of files.filter(({ path }) => folders.test(path))) {
    const parsed = parseSigma(file.content, file.path);
    refused.push(...parsed.refused);
    for (const rule of parsed.documents) {
      const result = compileRule(rule, { mappings });
      if (result.ok) compiled.push(result.value);
      else refused.push(result.error);
    }
  }
  return { compiled, refused };
}

describe.skipIf(sigma === null)('the public collection', { timeout: 300_000 }, () => {
  let mappings: LogsourceMappings;
  let collection: Collection;

  beforeAll(async () => {
    mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
    collection = await load(mappings, active);
  }, 300_000);

  it('every active rule compiles but the 25 whose placeholders have no value', () => {
    expect(
      collection.refused.filter(({ reason }) => !/^the placeholder %\S+% has no value$/.test(reason)),
    ).toEqual([]);
    expect(collection.refused).toHaveLength(25);
    expect(collection.compiled).toHaveLength(3780 - 25);
  });

  it('retired rules are read or refused with a line, one by one', async () => {
    const retired = await load(mappings, /^(?:deprecated|unsupported)\//);
    expect(retired.compiled.length + retired.refused.length).toBeGreaterThanOrEqual(172 + 92);
    for (const { line, reason } of retired.refused) {
      expect(line).toBeGreaterThan(0);
      expect(reason).not.toBe('');
    }
  });

  it('every regression test reaches its minimum', async () => {
    const set = buildRuleSet(collection.compiled, mappings);
    const text = gunzipSync(await readFile(`${sigma}/regression-dev.ndjson.gz`)).toString('utf8');
    const missed: string[] = [];
    const cases = text.split('\n').filter((line) => line !== '');
    for (const line of cases) {
      const test = JSON.parse(line) as {
        rule_id: string;
        expected_matches: number | null;
        events: Record<string, unknown>[];
      };
      const found = test.events.filter((json) => matchingIds(json).includes(test.rule_id)).length;
      if (found < (test.expected_matches ?? 1)) missed.push(test.rule_id);
    }
    expect(cases).toHaveLength(100);
    expect(missed).toEqual([]);

    function matchingIds(json: Record<string, unknown>): string[] {
      const context = { id: 't', tenant: 'main', source: 't', decoder: 'json', transport: 'file' } as never;
      const outcome = parseRecord(JSON.stringify(json), context, parsers);
      if (outcome.kind !== 'event') return [];
      const event = { fields: outcome.event.native, logsource: outcome.event.logsource };
      const matches = set.match(event);
      for (const rule of matches) {
        if (rule.rule.condition.startsWith('selection')) expect(rule.explain(event)).not.toEqual([]);
      }
      return matches.map(({ rule }) => rule.id);
    }
  });

  it('our mapping covers every service and category that the collection’s own list has', async () => {
    const list = JSON.parse(await readFile(`${sigma}/windows-logsources.json`, 'utf8')) as {
      services: Record<string, string[]>;
      categories: Record<
        string,
        { service: string; conditions: Record<string, unknown>; fieldmappings?: Record<string, string> }[]
      >;
    };
    for (const [service, channels] of Object.entries(list.services)) {
      for (const Channel of channels)
        expect(mapEvent({ Channel }, mappings).services, Channel).toContain(service);
    }
    for (const [category, entries] of Object.entries(list.categories)) {
      expect(mappings.names.categories).toContain(category);
      for (const { service, conditions, fieldmappings } of entries) {
        const Channel = list.services[service]?.[0];
        const found = mapEvent({ Channel, ...conditions }, mappings).categories.find(
          (row) => row.category === category,
        );
        expect(found?.aliases, category).toEqual(expect.objectContaining(fieldmappings ?? {}));
      }
    }
  });

  it('our mapping knows every Windows service and category that a rule names', () => {
    const windows = collection.compiled.filter(({ rule }) => rule.logsource.product === 'windows');
    const { services, categories } = mappings.names;
    const missing = windows.filter(
      ({ rule: { logsource } }) =>
        (logsource.service !== undefined && !services.includes(logsource.service)) ||
        (logsource.category !== undefined && !categories.includes(logsource.category)),
    );
    expect(
      missing.map(({ rule }) => `${rule.logsource.category ?? ''}/${rule.logsource.service ?? ''}`),
    ).toEqual([]);
  });
});
