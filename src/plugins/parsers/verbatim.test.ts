/** What parsers declare as computed: every other value stands in raw, or searches and backtests would hide events. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { samplesOf } from '../../../test/support/cloud-samples.ts';
import { contextOf, goldenContext, rawOf, readGolden } from '../../../test/support/golden.ts';
import { repoRoot } from '../../../test/support/service.ts';
import { sharedPath } from '../../../test/support/shared.ts';
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

  const folder = sharedPath('samples');
  if (folder === null)
    console.log('skipped: computed fields on recorded records, the shared data folder is absent');
  const kinds =
    folder === null
      ? []
      : readdirSync(folder, { withFileTypes: true }).filter(
          (entry) => entry.isDirectory() && entry.name !== 'LICENSES',
        );
  it.skipIf(folder === null)('in every recorded record', { timeout: 120_000 }, () => {
    const found = kinds.flatMap(({ name }) =>
      samplesOf(name).flatMap(({ raw, context }) => undeclared(raw, context, parsers)),
    );
    expect(found).toEqual([]);
  });
});
