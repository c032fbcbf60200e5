/** The example documents of the specification, where they are at hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedPath } from '../../../test/support/shared.ts';
import { correlationTypes } from './correlation/comparisons.ts';
import { parseSigma } from './index.ts';

const folder = sharedPath('sigma', 'spec', 'examples');
if (folder === null) process.stderr.write('skipped: the examples of the Sigma specification are not there\n');

describe.skipIf(folder === null)('the examples of the specification', () => {
  const files = folder === null ? [] : readdirSync(folder);
  const parsed = files.map((name) => parseSigma(readFileSync(join(folder ?? '', name), 'utf8'), name));

  it('are read, all of them', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(parsed.flatMap(({ refused }) => refused)).toEqual([]);
  });

  it('have every type of correlation, and filters', () => {
    const types = new Set(parsed.flatMap(({ correlations }) => correlations.map(({ spec }) => spec.type)));
    expect([...types].toSorted()).toEqual([...correlationTypes].toSorted());
    expect(parsed.flatMap(({ filters }) => filters.map(({ targets }) => targets.length))).toEqual([2, 2]);
  });
});
