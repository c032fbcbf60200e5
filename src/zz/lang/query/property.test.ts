/** Properties of the language: printing and parsing undo each other, and no text makes it throw. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutSpans } from './ast.ts';
import { parseQuery, printQuery, readQuery } from './index.ts';
import { queryNodes } from './testing.ts';

const nasty = fc.string({
  unit: fc.constantFrom(...'ab*\\"():<>,=!|& \t\n.-_/0é漢and or not in'.split('')),
  maxLength: 8,
});
const text = fc.oneof(
  nasty,
  fc.string({ maxLength: 8 }).filter((one) => !one.includes('\0')),
  fc.constantFrom('and', 'or', 'not', 'in', '10.0.0.0/8'),
);

test('printing a tree and parsing it gives the tree', () => {
  fc.assert(
    fc.property(queryNodes(text, text, fc.double({ noNaN: true, noDefaultInfinity: true })), (node) => {
      const printed = printQuery(node);
      const back = parseQuery(printed);
      expect(back.ok ? withoutSpans(back.value) : { printed, ...back.error }).toEqual(node);
    }),
    { numRuns: 3_000 },
  );
});

test('no text throws; a fault lies within the text or right behind it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        nasty,
        fc.string({ unit: fc.constantFrom('(', ')', '"', ':', 'a', ' ', 'in', 'not ') }),
      ),
      (query) => {
        const { result, tokens } = readQuery(query);
        for (const { start, end } of [...tokens, ...(result.ok ? [] : [result.error])]) {
          expect(start).toBeLessThan(end);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(query.length + 1);
        }
      },
    ),
    { numRuns: 5_000 },
  );
});
