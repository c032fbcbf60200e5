import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedLines } from './sorted-lines.ts';

async function sorted(
  lines: readonly (readonly [number | null, string])[],
  limit: number,
): Promise<string[]> {
  const all = new SortedLines(limit);
  try {
    for (const [time, text] of lines) await all.add(time, text);
    const found: string[] = [];
    for await (const line of all.lines()) found.push(line);
    return found;
  } finally {
    await all.close();
  }
}

const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('watchfloor-sort-'));

describe('lines sorted by time', () => {
  it('come out the same whether they fit into memory or not, those of one time as they came', async () => {
    const line = fc.tuple(
      fc.option(fc.integer({ min: -5, max: 5 })),
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
        const expected = lines
          .toSorted(([a], [b]) => (a ?? Number.MAX_VALUE) - (b ?? Number.MAX_VALUE))
          .map(([, text]) => text);
        expect(await sorted(lines, 1 << 20)).toEqual(expected);
        expect(await sorted(lines, 300)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('leave no file behind, also when nobody reads them', async () => {
    const before = await mine();
    const all = new SortedLines(10);
    await all.add(1, 'a');
    await all.add(2, 'b');
    expect((await mine()).length).toBe(before.length + 1);
    await all.close();
    expect(await mine()).toEqual(before);
  });
});
