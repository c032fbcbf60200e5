/** The fast engine held against the plain evaluator: they were written apart, so that both are wrong together seldom. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../fold.ts';
import { nativeRegex } from '../regex.ts';
import { readRegex } from '../regex-syntax.ts';
import { buildRuleSet } from '../ruleset.ts';
import { testMappings } from '../testing.ts';
import { CodeReader } from './codes.ts';
import { lazyAutomaton } from './lazy-automaton.ts';
import { buildFastRuleSet } from './ruleset.ts';
import { bothAnswers, compileAll, events, ruleTexts } from './testing.ts';

const letters = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from(characters)), { maxLength }).map((list) => list.join(''));

/** Values of the field `a` for which a rule and the engines disagree. */
function disagreements(detection: object, values: readonly unknown[], field = 'a'): readonly unknown[] {
  const rules = compileAll([JSON.stringify({ title: 'a rule', logsource: { product: 'test' }, detection })]);
  const given = values.map((value) => ({ fields: { [field]: value }, logsource: { product: 'test' } }));
  const { plain, fast, again } = bothAnswers(rules, given);
  return values.filter((_, at) => {
    const expected = plain[at]?.join();
    return expected !== fast[at]?.join() || again.some((answers) => answers[at]?.join() !== expected);
  });
}

/** Each search stops after some seconds of a busy machine; `npm run soak` goes on for as long as it is told to. */
describe('fast against plain', { timeout: 60_000 }, () => {
  it('random rules match the same random events', () => {
    let [compiled, matches] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(ruleTexts, { minLength: 1, maxLength: 6 }),
        fc.array(events, { minLength: 1, maxLength: 6 }),
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
      { numRuns: 2_000, interruptAfterTimeLimit: 6_000 },
    );
    // A generator that only makes refused rules, or rules that meet nothing, would prove nothing.
    expect(compiled).toBeGreaterThan(200);
    expect(matches).toBeGreaterThan(50);
  });

  it('an event is called the same, whatever came before it', () => {
    const fast = buildFastRuleSet([], { mappings: testMappings });
    const plain = buildRuleSet([], testMappings);
    fc.assert(
      fc.property(events, (event) => {
        expect(fast.logsource(event)).toEqual(plain.logsource(event));
      }),
      { numRuns: 2_000, interruptAfterTimeLimit: 3_000 },
    );
  });

  it('texts are compared alike, whatever folds into what', () => {
    const chains = [
      '',
      '|contains',
      '|startswith',
      '|endswith',
      '|contains|all',
      '|cased',
      '|contains|cased',
      '|windash',
    ];
    const texts = letters('sSſkK\u212Aσς\u03a3é\\*?-😀𐐀𐐨', 4);
    fc.assert(
      fc.property(
        fc.constantFrom(...chains),
        fc.array(texts, { minLength: 2, maxLength: 4 }),
        fc.array(texts, { minLength: 20, maxLength: 20 }),
        (chain, wanted, values) => {
          const [first = ''] = wanted;
          const more = wanted.flatMap((text) => [
            text,
            `x${text}`,
            `${text}x`,
            text.toUpperCase(),
            text.toLowerCase(),
          ]);
          const detection = {
            sel: { [`a${chain}`]: chain.includes('all') ? wanted : first },
            condition: 'sel',
          };
          expect(disagreements(detection, [...values, ...more])).toEqual([]);
        },
      ),
      { numRuns: 1_500, interruptAfterTimeLimit: 2_000 },
    );
  });

  it('a part is found at every place of a text, whatever its length', () => {
    const parts = fc.array(letters('abcd', 14), { minLength: 1, maxLength: 30 });
    const texts = fc.array(letters('abcd', 40), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(
        parts,
        texts,
        fc.constantFrom('contains', 'startswith', 'endswith'),
        (wanted, values, chain) => {
          const around = wanted.flatMap((part, at) => [
            `${'d'.repeat(at % 9)}${part}`,
            `${part}${'c'.repeat(at % 5)}`,
          ]);
          const selections = Object.fromEntries(
            wanted.map((part, at) => [`s${at}`, { [`a|${chain}`]: [part] }]),
          );
          expect(disagreements({ ...selections, condition: '1 of s*' }, [...values, ...around])).toEqual([]);
        },
      ),
      { numRuns: 500, interruptAfterTimeLimit: 2_000 },
    );
  });

  it('numbers are equal to the same texts', () => {
    const numbers = [0, 1, -1, 1.5, 16, 4688, 2 ** 53, 2 ** 53 + 2, 1e21, '1', '0x10', '1e0', true];
    const values = [
      ...numbers,
      -0,
      '01',
      '1.0',
      '+1',
      '-1',
      '-0',
      ' 1',
      '1 ',
      '1.50',
      '.5',
      '16',
      '0X10',
      '1E0',
      '9007199254740993',
      '1e21',
      'TRUE',
      [1],
      ['1', 2],
      null,
      {},
    ];
    for (const wanted of numbers) {
      for (const chain of ['', '|neq', '|contains', '|gte', '|cased']) {
        const detection = { sel: { [`a${chain}`]: wanted }, condition: 'sel' };
        expect(disagreements(detection, values), `${chain} ${wanted}`).toEqual([]);
      }
      expect(disagreements({ sel: [wanted], condition: 'sel' }, values), `keyword ${wanted}`).toEqual([]);
    }
  });

  it('a keyword is found in every field, whether rules ask for it or not', () => {
    const words = [
      'sekurlsa::',
      'lsadump::',
      'Kiwi Legit Printer',
      'mimiK',
      'kerberos::golden',
      '\u03c3\u03a3',
      'abc',
      'x*y',
      '4688',
      'true',
    ];
    const variants = (word: string): string[] => [
      word,
      word.toUpperCase(),
      word.replace(/k/gi, '\u212A'),
      word.replace(/s/gi, 'ſ'),
      word.replace(/\*/, 'zz'),
    ];
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...words.flatMap(variants)),
        letters('aks:é', 9),
        letters('aks:é', 9),
        fc.boolean(),
        (wanted, word, before, after, isAsked) => {
          const other = isAsked ? { 'a|contains': 'zzz' } : { 'b|contains': 'zzz' };
          const text = `${before}${word}${after}`;
          const values = [
            text,
            [text],
            { deep: [{ er: text }] },
            4688,
            true,
            text.slice(0, -1),
            text.slice(1),
          ];
          expect(disagreements({ sel: wanted, other, condition: 'sel or other' }, values)).toEqual([]);
        },
      ),
      { numRuns: 1_000, interruptAfterTimeLimit: 2_000 },
    );
  });

  it('a value that takes the place of another one is not taken for it', () => {
    const detection = { sel: { 'a|endswith': ['1', '22', '333'] }, condition: 'sel' };
    // Alike in length and in nearly all places that the cache looks at.
    const values = Array.from(
      { length: 4_000 },
      (_, at) => `${'x'.repeat(40)}${String(at).padStart(4, '0')}${'y'.repeat(at % 2)}`,
    );
    expect(disagreements(detection, values)).toEqual([]);
    expect(
      disagreements(
        detection,
        Array.from({ length: 4_000 }, (_, at) => at),
      ),
    ).toEqual([]);
  });

  it('an automaton made as it runs finds what the backtracking engine finds', () => {
    const pieces = [
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\W',
      '(?:ab|a)',
      '(a|b|)',
      '\\n',
      '😀',
      '[😀𐐀]',
      'k',
      '\u212A',
      's',
    ];
    const repeats = ['', '', '*', '+', '?', '{2}', '{1,2}', '{2,}'];
    const regexes = fc
      .array(
        fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(...repeats)).map((pair) => pair.join('')),
        { maxLength: 5 },
      )
      .map((list) => list.join(''));
    fc.assert(
      fc.property(
        regexes,
        fc.record({ insensitive: fc.boolean(), multiline: fc.boolean(), dotAll: fc.boolean() }),
        fc.array(letters('abAB \nkK\u212Asſ😀𐐀é', 8), { minLength: 5, maxLength: 5 }),
        (source, given, texts) => {
          const { node, flags } = readRegex(source, given, 1);
          const automaton = lazyAutomaton(node, flags, 1);
          const native = nativeRegex(node, flags, 1);
          for (const text of texts)
            expect(automaton?.(text), JSON.stringify([source, text])).toBe(native.test(text));
        },
      ),
      { numRuns: 3_000, interruptAfterTimeLimit: 2_000 },
    );
  });

  it('an automaton that has made too many states starts over and goes on', () => {
    // The automaton for "an a, twelve characters before the end of a run" needs thousands of states.
    const { node, flags } = readRegex(
      'a[ab]{11}c',
      { insensitive: false, multiline: false, dotAll: false },
      1,
    );
    const automaton = lazyAutomaton(node, flags, 1);
    let state = 1;
    const random = (): string => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 16) % 2 === 0 ? 'a' : 'b';
    };
    const text = Array.from({ length: 30_000 }, random).join('');
    expect(automaton?.(text)).toBe(false);
    expect(automaton?.(`${text}a${'b'.repeat(11)}c${text}`)).toBe(true);
  });

  it('every character is folded as the plain evaluator folds it, and none changes the length', () => {
    const reader = new CodeReader();
    for (let code = 0; code <= 0x1ffff; code += 1) {
      const character = String.fromCodePoint(code);
      const folded = fold(character);
      if (reader.read(`x${character}`).folded !== `x${folded}`) expect.fail(`U+${code.toString(16)}`);
      if (folded.length !== character.length) expect.fail(`U+${code.toString(16)} changes its length`);
    }
  });
});
