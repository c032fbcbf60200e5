/** Kept rules and programs against read and built ones on the public collection: skipped where it is absent. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sharedPath } from '../../test/support/shared.ts';
import { buildFastRuleSet, type SigmaEvent } from '../lang/sigma/index.ts';
import { programCache } from '../pipeline/program-cache.ts';
import type { RuleCacheOptions } from '../pipeline/rule-cache.ts';
import { type LoadedRules, loadSigmaRules } from './sigma-rules.ts';

const sigma = sharedPath('sigma');
if (sigma === null) console.log('skipped: the public Sigma collection (WATCHFLOOR_SHARED is not there)');

/** Of the recorded events, one in so many. */
const everyNth = 20;

/** Ends with the programs in the cache. */
function answers(
  { compiled, mappings }: LoadedRules,
  events: readonly SigmaEvent[],
  cache: RuleCacheOptions,
): readonly string[] {
  const programs = programCache(cache);
  const set = buildFastRuleSet(compiled, { mappings, programs });
  const found = events.map((event) =>
    set
      .match(event)
      .map((one) => JSON.stringify([one.rule.id, one.rule.title, one.explain(event)]))
      .join(),
  );
  expect(programs.keep()).toBeNull();
  return found;
}

describe.skipIf(sigma === null)('all public rules', { timeout: 300_000 }, () => {
  it('are the same read from the cache, and match and explain the same', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wf-rules-'));
    try {
      const cache = { directory, version: '1' };
      const load = () => loadSigmaRules({ paths: [`${sigma}/sigmahq-rules.tar.gz`], cache });
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
      const expected = answers(read, events, cache);
      const programs = await readdir(join(directory, 'programs'));
      expect(programs.length).toBeGreaterThan(20);
      expect(expected.filter((answer) => answer !== '').length).toBeGreaterThan(100);
      expect(answers(kept, events, cache)).toEqual(expected);
      expect(await readdir(join(directory, 'programs'))).toEqual(programs);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
