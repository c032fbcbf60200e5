/** What parsers declare as computed: every other value stands in raw, or searches and backtests would hide events. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sampleKinds, samplesOf } from '../../../test/support/cloud-samples.ts';
import { contextOf, goldenContext, rawOf, readGolden } from '../../../test/support/golden.ts';
import { repoRoot } from '../../../test/support/service.ts';
import { oddVariants, undeclared } from '../../../test/support/verbatim.ts';
import { parsers } from './index.generated.ts';

describe('a value that is not declared as computed stands in raw', () => {
  it.each(parsers.map(({ name }) => name))('%s: in its golden records, also with odd characters', (name) => {
    const cases = readGolden(fileURLToPath(new URL(`${name}.golden.yml`, import.meta.url)));
    const found = cases.flatMap((one) =>
      [rawOf(one), ...oddVariants(rawOf(one))].flatMap((raw) => undeclared(raw, contextOf(one), parsers)),
    );
    expect(found).toEqual([]);
  });

  it('in the records of the fixture', () => {
    const lines = readFileSync(`${repoRoot}/test/fixtures/finance-intrusion.ndjson`, 'utf8').split('\n');
    expect(lines.flatMap((line) => undeclared(line, goldenContext, parsers))).toEqual([]);
  });

  const kinds = sampleKinds();
  if (kinds.length === 0)
    console.log('skipped: computed fields of recorded records, the shared data folder is absent');
  it.skipIf(kinds.length === 0)('in every recorded record', { timeout: 120_000 }, () => {
    const found = kinds.flatMap((kind) =>
      samplesOf(kind).flatMap(({ raw, context }) => undeclared(raw, context, parsers)),
    );
    expect(found).toEqual([]);
  });
});
