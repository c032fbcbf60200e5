/** Every parser's golden file, and that each OCSF view keeps the rules of its class. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isNearMiss, isPositive, readGolden, runGolden } from '../../../test/support/golden.ts';
import { parsers } from './index.generated.ts';

describe.each(parsers.map((parser) => ({ name: parser.name, parser })))('$name', ({ name, parser }) => {
  const cases = readGolden(fileURLToPath(new URL(`${name}.golden.yml`, import.meta.url)));

  it('has a positive case and a near miss', () => {
    expect(cases.some(isPositive)).toBe(true);
    expect(cases.some(isNearMiss)).toBe(true);
  });

  it.each(cases)('$name', (one) => {
    const { expected, actual, ocsfProblems } = runGolden(parser, one, parsers);
    expect(actual).toEqual(expected);
    expect(ocsfProblems).toEqual([]);
  });
});
