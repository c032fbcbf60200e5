/** Matching held against models: wildcards, folding, encodings, and the two ways to run a regular expression. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAutomaton, refuseLargeAutomaton } from './automaton.ts';
import { encode } from './encode.ts';
import { fold } from './fold.ts';
import { any, readPattern } from './pattern.ts';
import { nativeRegex, regexTest } from './regex.ts';
import { readRegex } from './regex-syntax.ts';
import { anyPattern, textPattern } from './text-test.ts';
import { viewOf } from './view.ts';

const letters = (characters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...Array.from(characters)), { maxLength }).map((list) => list.join(''));
/** Regular expressions within the specification's subset. */
const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\b',
  '^',
  '$',
  '(?:ab|a)',
  '(a|b|)',
  '\\n',
);
const piece = fc
  .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}'))
  .map(([item, repeat]) => (/^[\^$]$|^\\b$/.test(item) ? item : item + repeat));
const regexes = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
const regexFlags = fc.record({ insensitive: fc.boolean(), multiline: fc.boolean(), dotAll: fc.boolean() });
const plain = { insensitive: false, multiline: false, dotAll: false };

describe('models', () => {
  it('wildcards match what a regular expression made by the specification’s words matches', () => {
    const model = (pattern: string): RegExp => {
      const source = pattern.replace(/\\([\\*?])|([*?])|([^])/g, (_all, escaped, wildcard, other) => {
        if (wildcard !== undefined) return wildcard === '*' ? '[^]*' : '[^]';
        const literal = escaped ?? other;
        return `\\u{${literal.codePointAt(0).toString(16)}}`;
      });
      return new RegExp(`^${source}$`, 'u');
    };
    fc.assert(
      fc.property(letters('ab*?\\', 8), letters('ab*?\\', 10), (pattern, text) => {
        expect(anyPattern([textPattern(readPattern(pattern), true)])(text)).toBe(model(pattern).test(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('folding agrees with the engine’s simple case folding for every character', () => {
    for (let code = 0; code <= 0x1ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const folded = fold(character);
      const others = [character.toLowerCase(), character.toUpperCase()].filter(
        (other) => other !== character,
      );
      if (folded === character && others.length === 0) continue;
      const same = new RegExp(`^\\u{${code.toString(16)}}$`, 'iu');
      if (!same.test(folded)) expect.fail(`U+${code.toString(16)} folds to another class`);
      for (const other of others) {
        if (same.test(other) && fold(other) !== folded)
          expect.fail(`U+${code.toString(16)} is not folded like ${other}`);
      }
    }
  });

  it('the automaton finds what the backtracking engine finds', () => {
    fc.assert(
      fc.property(regexes, regexFlags, letters('abAB \n', 8), (source, given, text) => {
        const read = readRegex(source, given, 1);
        const native = nativeRegex(read.node, read.flags, 1).test(text);
        expect(compileAutomaton(read.node, read.flags, 1)(text)).toBe(native);
      }),
      { numRuns: 3000 },
    );
  });

  it('what a regular expression can do without decides nothing: slack at its ends, texts that lack its letters', () => {
    fc.assert(
      fc.property(regexes, regexFlags, letters('abAB \nKk\u212Aſs', 8), (source, given, text) => {
        const read = readRegex(source, given, 1);
        const native = nativeRegex(read.node, read.flags, 1).test(text);
        expect(regexTest(source, given, 1)({ text, folded: fold(text) })).toBe(native);
      }),
      { numRuns: 3000 },
    );
  });

  it('an automaton is refused for its size before it is built, and only then', () => {
    for (const [source, why] of [
      ['(?:a{10}){2999}', 'below the limit'],
      ['(?:a{10}){2999}a{9}', 'at the limit'],
    ] as const) {
      const { node, flags } = readRegex(source, plain, 1);
      expect(() => refuseLargeAutomaton(node, 1), why).not.toThrow();
      expect(() => compileAutomaton(node, flags, 1), why).not.toThrow();
    }
    const { node, flags } = readRegex('(?:a{10}){2999}a{10}', plain, 1);
    expect(() => refuseLargeAutomaton(node, 1)).toThrow(/too large/);
    expect(() => compileAutomaton(node, flags, 1)).toThrow(/too large/);
  });

  it('patterns tested together fit what one of them fits alone', () => {
    const list = fc.array(letters('aáb*?\\', 5), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(list, fc.boolean(), letters('aábA?*\\', 8), (values, contains, text) => {
        const patterns = values.map((value) => {
          const tokens = readPattern(value);
          return textPattern(contains ? [any, ...tokens, any] : tokens, false);
        });
        const folded = fold(text);
        expect(anyPattern(patterns)(folded)).toBe(patterns.some((one) => anyPattern([one])(folded)));
      }),
      { numRuns: 2000 },
    );
  });

  it('a pattern that makes a backtracking engine run for ages has an answer', () => {
    const test = regexTest('^(a+)+$', plain, 1);
    const of = (text: string) => ({ text, folded: fold(text) });
    expect(test(of('a'.repeat(5000)))).toBe(true);
    expect(test(of(`${'a'.repeat(5000)}!`))).toBe(false);
  });

  it('base64offset finds a value at every place of an encoded text', () => {
    const bytes = fc
      .uint8Array({ minLength: 3, maxLength: 12 })
      .map((list) => Buffer.from(list).toString('latin1'));
    const around = fc.uint8Array({ maxLength: 5 });
    fc.assert(
      fc.property(bytes, around, around, (text, before, after) => {
        const whole = Buffer.concat([before, Buffer.from(text, 'latin1'), after]).toString('base64');
        const found = encode('base64offset', { tokens: [{ kind: 'text', text }], bytes: true }, 1).some(
          ({ tokens }) => tokens.some((token) => token.kind === 'text' && whole.includes(token.text)),
        );
        expect(found).toBe(true);
      }),
    );
  });

  it('an event nested deeper than the stack is looked through', () => {
    let deep: unknown = ['needle'];
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    const view = viewOf({ a: deep });
    expect(view.values('a')?.[0]?.text).toBe('needle');
    expect(view.values('a.b')).toBeNull();
    expect(view.texts()[0]?.text).toBe('needle');
  });
});
