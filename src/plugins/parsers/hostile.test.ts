/** Records that somebody made up: whatever is in them, parsers answer, and in a time that grows with their length. */
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenContext, readGolden } from '../../../test/support/golden.ts';
import type { RecordContext } from '../../model/batch.ts';
import { parseRecord } from '../../pipeline/parse.ts';
import { parsers } from './index.generated.ts';

interface Case {
  readonly raw: string;
  readonly context: RecordContext;
}

const cases: readonly Case[] = parsers.flatMap(({ name }) =>
  readGolden(fileURLToPath(new URL(`${name}.golden.yml`, import.meta.url))).flatMap(({ raw, context }) => {
    const text = typeof raw === 'string' ? raw : JSON.stringify(raw);
    const decoder = text.startsWith('{') ? 'json' : text.startsWith('<Event') ? 'xml' : 'text';
    return [{ raw: text, context: { ...goldenContext, decoder, ...context } }];
  }),
);
const texts = cases.filter(({ context }) => context.decoder === 'text');
const objects = cases.filter(({ context }) => context.decoder === 'json');

/** Parses and asks for the view too, which is made late. A parser that throws is a `parser_error`. */
function answer(raw: string, context: RecordContext): string {
  const outcome = parseRecord(raw, context, parsers);
  return outcome.kind === 'event' ? `event of class ${outcome.event.ocsf.class_uid}` : outcome.reason;
}

const someText = fc.constantFrom(...texts);
const cut = fc.double({ min: 0, max: 1, noNaN: true });

describe('hostile lines', () => {
  it('a line with anything in the middle of it is never a fault of a parser', () => {
    const mutated = fc.record({
      of: someText,
      from: cut,
      to: cut,
      // Letters of the format itself go deeper than noise does.
      piece: fc.oneof(fc.string(), fc.stringMatching(/^["'\\[\](){}<>|=:;,#*@%$ \d-]{0,30}$/)),
    });
    fc.assert(
      fc.property(mutated, ({ of: { raw, context }, from, to, piece }) => {
        const [a, b] = [Math.floor(from * raw.length), Math.floor(to * raw.length)].sort((x, y) => x - y);
        const line = raw.slice(0, a) + piece + raw.slice(b);
        expect(answer(line, context)).not.toBe('parser_error');
      }),
      { numRuns: 3000 },
    );
  });

  it('an object whose values are of other kinds than its format says is never a fault of a parser', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('', '-', '__proto__', 'constructor', 'toString', -1, 1e99),
    );
    fc.assert(
      fc.property(fc.constantFrom(...objects), cut, value, cut, value, (of, at, one, atToo, two) => {
        const json = JSON.parse(of.raw) as Record<string, unknown>;
        const names = Object.keys(json);
        const changed = { ...json };
        changed[names[Math.floor(at * names.length)] ?? 'x'] = one;
        changed[names[Math.floor(atToo * names.length)] ?? 'y'] = two;
        expect(answer(JSON.stringify(changed), of.context)).not.toBe('parser_error');
      }),
      { numRuns: 3000 },
    );
  });

  const fillers = [
    ' ',
    '"',
    '\\',
    '\\"',
    '[',
    ']',
    '(',
    ',',
    '=',
    ':',
    'a',
    'a ',
    'a=',
    ': a',
    '1.',
    '-',
    '/',
    '|',
    "'",
  ];
  const length = 100_000;
  /** A quadratic pattern takes tens of seconds for such a line. */
  const limitMs = 1500;

  /** The least of three, since the machine may be busy with something else. */
  function timeOf({ raw, context }: Case): number {
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 3 && least > limitMs; run += 1) {
      const start = performance.now();
      expect(answer(raw, context)).not.toBe('parser_error');
      least = Math.min(least, performance.now() - start);
    }
    return least;
  }

  it.each(fillers)(
    '100,000 characters of %j anywhere are read in linear time',
    (filler) => {
      const filling = filler.repeat(length / filler.length);
      const slow: string[] = [];
      for (const { raw, context } of texts) {
        for (const share of [0, 0.35, 0.7, 1]) {
          const at = Math.floor(raw.length * share);
          const took = timeOf({ raw: raw.slice(0, at) + filling + raw.slice(at), context });
          if (took > limitMs) slow.push(`${Math.round(took)} ms with the filling at ${at} of ${raw}`);
        }
      }
      expect(slow).toEqual([]);
    },
    120_000,
  );
});
