import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type CompiledRule,
  compileRule,
  parseMappings,
  parseSigma,
  type SigmaEvent,
} from '../../lang/sigma/index.ts';

const content = new URL('../../../content/', import.meta.url);
const mappings = parseMappings(readFileSync(new URL('mappings/windows.yml', content), 'utf8'));
const folder = new URL('rules/', content);
const files = readdirSync(folder).sort();
const ruleFiles = files.filter((name) => !name.endsWith('.evidence.yml'));

const Case = z.strictObject({ why: z.string().min(1), event: z.record(z.string(), z.unknown()) });
const Evidence = z.strictObject({
  /** Each has to match. */
  positive: z.array(Case).min(1),
  /** Each looks like it and must not match. */
  near_miss: z.array(Case).min(1),
});

function compiled(file: string): CompiledRule {
  const { documents, refused } = parseSigma(readFileSync(new URL(file, folder), 'utf8'), file);
  expect(refused).toEqual([]);
  expect(documents).toHaveLength(1);
  const result = compileRule(documents[0]!, { mappings });
  if (!result.ok) throw new Error(`${file}:${result.error.line}: ${result.error.reason}`);
  return result.value;
}

function evidence(file: string): z.infer<typeof Evidence> {
  const name = file.replace(/\.yml$/, '.evidence.yml');
  return Evidence.parse(load(readFileSync(new URL(name, folder), 'utf8')));
}

/** As a parser gives it: for Windows the channel says the rest, other parsers name their service and category. */
function eventOf(rule: CompiledRule, fields: Readonly<Record<string, unknown>>): SigmaEvent {
  const { definition: _forPeople, ...logsource } = rule.rule.logsource;
  return { fields, logsource: logsource.product === 'windows' ? { product: 'windows' } : logsource };
}

it('every file in the folder is a rule or the evidence of one', () => {
  const expected = ruleFiles.flatMap((name) => [name, name.replace(/\.yml$/, '.evidence.yml')]).sort();
  expect(files).toEqual(expected);
  expect(ruleFiles.length).toBeGreaterThanOrEqual(10);
});

it('no two starter rules have the same id or title, so that none shadows another', () => {
  const rules = ruleFiles.map((file) => compiled(file).rule);
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  expect(new Set(rules.map((rule) => rule.title)).size).toBe(rules.length);
});

describe.each(ruleFiles)('%s', (file) => {
  const rule = compiled(file);
  const { positive, near_miss: nearMiss } = evidence(file);

  it('says what an analyst and a lawyer need', () => {
    const { rule: document } = rule;
    expect(document.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(document.author).toBe('Watchfloor contributors');
    expect(document.license).toBe('Apache-2.0');
    expect(['test', 'stable']).toContain(document.status);
    expect(document.description.length).toBeGreaterThan(60);
    expect(document.falsepositives.length).toBeGreaterThan(0);
    expect(document.tags.some((tag) => /^attack\.t\d{4}/.test(tag))).toBe(true);
    for (const reference of document.references) {
      expect(reference).toMatch(/^https:\/\/attack\.mitre\.org\/techniques\/T\d{4}\/(?:\d{3}\/)?$/);
    }
  });

  it.each(positive)('matches: $why', ({ event }) => {
    expect(rule.matches(eventOf(rule, event))).toBe(true);
    expect(rule.explain(eventOf(rule, event)).length).toBeGreaterThan(0);
  });

  it.each(nearMiss)('leaves alone: $why', ({ event }) => {
    expect(rule.matches(eventOf(rule, event))).toBe(false);
  });
});
