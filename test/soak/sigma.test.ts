/** The fast engine against the plain one at length: `npm run soak`; SOAK_RULES (100,000) rounds of random rules, then all recorded events. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paths } from '../../src/app/paths.ts';
import { readRuleFiles } from '../../src/features/detection/pack.ts';
import {
  bothAnswers,
  compileAll,
  events,
  hollowRule,
  memoryStore,
  ruleTexts,
} from '../../src/lang/sigma/fast/testing.ts';
import {
  buildFastRuleSet,
  buildRuleSet,
  compileRule,
  parseMappings,
  parseSigma,
  type SigmaEvent,
} from '../../src/lang/sigma/index.ts';
import { sharedPath } from '../support/shared.ts';

const rounds = Number(process.env['SOAK_RULES'] ?? 100_000);
const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);
const archive = sharedPath('sigma', 'sigmahq-rules.tar.gz');

it(`seed ${seed}, ${rounds} rounds: random rules match the same random events`, () => {
  let [compiled, matches] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(ruleTexts, { minLength: 1, maxLength: 8 }),
      fc.array(events, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1_000_000, 0, 2_000),
      (texts, given, cacheBytes) => {
        const rules = compileAll(texts);
        const { plain, fast, again } = bothAnswers(rules, given, cacheBytes);
        compiled += rules.length;
        matches += plain.flat().length;
        expect(fast).toEqual(plain);
        for (const answers of again) expect(answers).toEqual(plain);
      },
    ),
    { numRuns: rounds, seed },
  );
  console.log(`${compiled} rules compiled, ${matches} matches, no difference`);
});

it.skipIf(archive === null)('all active rules match the same of all recorded events', async () => {
  const mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
  const { files } = await readRuleFiles(archive ?? '');
  const rules = files
    .filter(({ path }) => /^rules(?:-[a-z-]+)?\//.test(path))
    .flatMap(({ path, content }) => parseSigma(content, path).documents)
    .flatMap((document) => {
      const result = compileRule(document, { mappings });
      return result.ok ? [result.value] : [];
    });
  const plain = buildRuleSet(rules, mappings);
  const programs = memoryStore();
  const fast = buildFastRuleSet(rules, { mappings, programs });
  const kept = buildFastRuleSet(rules.map(hollowRule), { mappings, programs });
  const text = gunzipSync(await readFile(sharedPath('sigma', 'perf-50k.ndjson.gz') ?? '')).toString('utf8');
  let matches = 0;
  const different: string[] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const event: SigmaEvent = { fields: JSON.parse(line), logsource: { product: 'windows' } };
    const [expected, ...found] = [plain, fast, kept].map((set) =>
      set
        .match(event)
        .map(({ rule }) => rule.id)
        .join(),
    );
    matches += expected === '' ? 0 : (expected?.split(',').length ?? 0);
    if (found.some((one) => one !== expected)) different.push(line);
  }
  console.log(`${rules.length} rules, ${matches} matches, ${different.length} differences`);
  expect(different).toEqual([]);
});
