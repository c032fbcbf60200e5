/** Kept rules against read ones on the public collection: skipped where it is absent. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sharedPath } from '../../test/support/shared.ts';
import { buildFastRuleSet, type SigmaEvent } from '../lang/sigma/index.ts';
import { type LoadedRules, loadSigmaRules } from './sigma-rules.ts';

const sigma = sharedPath('sigma');
if (sigma === null) console.log('skipped: the public Sigma collection (WATCHFLOOR_SHARED is not there)');

/** Of the recorded events, one in so many. */
const everyNth = 20;

function answers({ compiled, mappings }: LoadedRules, events: readonly SigmaEvent[]): readonly string[] {
  const set = buildFastRuleSet(compiled, { mappings });
  return events.map((event) =>
    set
      .match(event)
      .map((one) => JSON.stringify([one.rule.id, one.rule.title, one.explain(event)]))
      .join(),
  );
}

describe.skipIf(sigma === null)('all public rules', { timeout: 300_000 }, () => {
  it('are the same read from the cache, and match and explain the same', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wf-rules-'));
    try {
      const load = () =>
        loadSigmaRules({ paths: [`${sigma}/sigmahq-rules.tar.gz`], cache: { directory, version: '1' } });
      const [read, kept] = [await load(), await load()];
      const { compiled, mappings: _, ...rest } = read;
      const { compiled: keptCompiled, mappings: __, ...keptRest } = kept;
      expect(keptRest).toEqual(rest);
      expect(compiled.length).toBeGreaterThan(3_000);
      expect(keptCompiled.map(({ rule }) => rule)).toEqual(compiled.map(({ rule }) => rule));
      const lines = gunzipSync(await readFile(`${sigma}/perf-50k.ndjson.gz`))
        .toString('utf8')
        .split('\n')
        .filter((line, at) => line !== '' && at % everyNth === 0);
      const events = lines.map((line) => ({ fields: JSON.parse(line), logsource: { product: 'windows' } }));
      const expected = answers(read, events);
      expect(expected.filter((answer) => answer !== '').length).toBeGreaterThan(100);
      expect(answers(kept, events)).toEqual(expected);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
