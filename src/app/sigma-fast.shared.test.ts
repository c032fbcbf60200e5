/** The fast engine against the plain one on third-party rules and events: skipped where they are absent. */
import { readFile } from 'node:fs/promises';

import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleKinds, samplesOf } from '../../test/support/cloud-samples.ts';
import { contextOf, rawOf, readGolden } from '../../test/support/golden.ts';
import { repoRoot } from '../../test/support/service.ts';
import { sharedPath } from '../../test/support/shared.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import { hollowRule, memoryStore } from '../lang/sigma/fast/testing.ts';
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
import type { ParsedEvent } from '../model/event.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { Parser } from '../plugins/define.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { paths } from './paths.ts';

const sigma = sharedPath('sigma');
if (sigma === null) console.log('skipped: the public Sigma collection (WATCHFLOOR_SHARED is not there)');

/** Of the recorded events, one in so many; `npm run soak` takes all. */
const everyNth = 50;
const context = {
  id: 't',
  tenant: 'main',
  source: 't',
  decoder: 'json',
  transport: 'file',
} as unknown as RecordContext;

describe.skipIf(sigma === null)('all active rules', { timeout: 300_000 }, () => {
  let plain: RuleSet;
  let fast: RuleSet;
  /** The same by programs that `fast` has built and packed. */
  let kept: RuleSet;

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
    const programs = memoryStore();
    fast = buildFastRuleSet(rules, { mappings, programs });
    kept = buildFastRuleSet(rules.map(hollowRule), { mappings, programs });
  }, 300_000);

  /** How often rules matched; fails at the first event of which the engines say different things. */
  function compare(events: readonly SigmaEvent[]): number {
    let matches = 0;
    for (const event of events) {
      const expected = plain.match(event).map(({ rule }) => rule.id);
      const found = fast.match(event).map(({ rule }) => rule.id);
      if (expected.join() !== found.join()) expect(found, JSON.stringify(event)).toEqual(expected);
      const again = kept.match(event).map(({ rule }) => rule.id);
      if (expected.join() !== again.join()) expect(again, `kept: ${JSON.stringify(event)}`).toEqual(expected);
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

  it('match the same of every recorded and golden record, of all parsers', () => {
    const recorded = sampleKinds().flatMap(samplesOf);
    const golden = parsers.flatMap(({ name }) => {
      const cases = readGolden(`${repoRoot}/src/plugins/parsers/${name}.golden.yml`);
      return cases.map((one) => ({ raw: rawOf(one), context: contextOf(one) }));
    });
    const read = [...recorded, ...golden].flatMap(({ raw, context: received }) => {
      const outcome = parseRecord(raw, received, parsers);
      return outcome.kind === 'event' ? [outcome] : [];
    });
    const seen = new Set(read.map(({ parser }) => parser));
    expect(parsers.filter((parser) => !seen.has(parser))).toEqual([]);
    const all = [...read.map(({ event }) => event), ...joinedOf(read)];
    expect(compare(all.map(({ native, logsource }) => ({ fields: native, logsource })))).toBeGreaterThan(500);
  });
});

/** Records of one event, joined as detection sees them. */
function joinedOf(read: readonly { readonly event: ParsedEvent; readonly parser: Parser }[]): ParsedEvent[] {
  const groups = new Map<string, { parser: Parser; events: ParsedEvent[] }>();
  for (const { event, parser } of read) {
    if (event.group === undefined || parser.join === undefined) continue;
    const group = groups.get(event.group) ?? { parser, events: [] };
    group.events.push(event);
    groups.set(event.group, group);
  }
  return [...groups.values()].flatMap(({ parser, events }) => parser.join?.(events) ?? []);
}

function parsed(text: string): readonly SigmaEvent[] {
  const outcome = parseRecord(text, context, parsers);
  return outcome.kind === 'event'
    ? [{ fields: outcome.event.native, logsource: outcome.event.logsource }]
    : [];
}
