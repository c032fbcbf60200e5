/** The fast engine against the plain one on third-party rules and events: skipped where they are absent. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedPath } from '../../test/support/shared.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  buildFastRuleSet,
  buildRuleSet,
  compileRule,
  parseMappings,
  parseSigma,
  type RuleSet,
  type SigmaEvent,
} from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { paths } from './paths.ts';

const sigma = sharedPath('sigma');
const samples = sharedPath('samples');
if (sigma === null) console.log('skipped: the public Sigma collection (WATCHFLOOR_SHARED is not there)');

/** Of the recorded events, one in so many; `npm run soak` takes all. */
const everyNth = 100;
const context = {
  id: 't',
  tenant: 'main',
  source: 't',
  decoder: 'json',
  transport: 'file',
} as unknown as RecordContext;

describe.skipIf(sigma === null || samples === null)('all active rules', { timeout: 300_000 }, () => {
  let plain: RuleSet;
  let fast: RuleSet;

  beforeAll(async () => {
    const mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
    const { files } = await readRuleFiles(`${sigma}/sigmahq-rules.tar.gz`);
    const rules = files
      .filter(({ path }) => /^rules(?:-[a-z-]+)?\//.test(path))
      .flatMap(({ path, content }) => parseSigma(content, path).documents)
      .flatMap((document) => {
        const result = compileRule(document, { mappings });
        return result.ok ? [result.value] : [];
      });
    plain = buildRuleSet(rules, mappings);
    fast = buildFastRuleSet(rules, { mappings });
  }, 300_000);

  /** How often rules matched; fails at the first event of which the engines say different things. */
  function compare(events: readonly SigmaEvent[]): number {
    let matches = 0;
    for (const event of events) {
      const expected = plain.match(event).map(({ rule }) => rule.id);
      const found = fast.match(event).map(({ rule }) => rule.id);
      if (expected.join() !== found.join()) expect(found, JSON.stringify(event)).toEqual(expected);
      if (plain.covers(event) !== fast.covers(event)) expect.fail(`covers: ${JSON.stringify(event)}`);
      matches += found.length;
    }
    return matches;
  }

  it('match the same of recorded Windows events', async () => {
    const lines = gunzipSync(await readFile(`${sigma}/perf-50k.ndjson.gz`))
      .toString('utf8')
      .split('\n');
    const some = lines.filter((line, at) => line !== '' && at % everyNth === 0);
    const windows = some.map((line) => ({ fields: JSON.parse(line), logsource: { product: 'windows' } }));
    // About 4,600 matches in all 50,000: fewer than some would mean that nothing was compared.
    expect(compare(windows)).toBeGreaterThan(20);
    expect(compare(some.flatMap(parsed))).toBeGreaterThan(20);
  });

  it('match the same of the regression events', async () => {
    const text = gunzipSync(await readFile(`${sigma}/regression-dev.ndjson.gz`)).toString('utf8');
    const events = text
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) =>
        (JSON.parse(line) as { events: unknown[] }).events.map((event) => JSON.stringify(event)),
      );
    expect(compare(events.flatMap(parsed))).toBeGreaterThanOrEqual(100);
  });

  it('match the same of every sample that a parser reads', async () => {
    const names = await readdir(samples ?? '', { recursive: true, withFileTypes: true });
    const events: SigmaEvent[] = [];
    for (const name of names.filter((entry) => entry.isFile())) {
      const content = await readFile(join(name.parentPath, name.name));
      const text = (name.name.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8');
      events.push(
        ...text.split('\n').flatMap(parsed),
        ...(text.startsWith('[') ? parsedList(text) : parsed(text)),
      );
    }
    expect(events.length).toBeGreaterThan(100);
    compare(events);
  });
});

function parsed(text: string): readonly SigmaEvent[] {
  const outcome = parseRecord(text, context, parsers);
  return outcome.kind === 'event'
    ? [{ fields: outcome.event.native, logsource: outcome.event.logsource }]
    : [];
}

/** A file that is one JSON list of records. */
function parsedList(text: string): readonly SigmaEvent[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.flatMap((record) => parsed(JSON.stringify(record))) : [];
  } catch {
    return [];
  }
}
