/** What is kept of rules says the same as their text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleTexts } from './fast/testing.ts';
import { compileRule, packFile, parseSigma, unpackFile } from './index.ts';
import { ruleText, testMappings } from './testing.ts';

/** The documents of a text after a round through their kept form. */
function again(text: string, file = 'a.yml') {
  const packed = packFile(text, parseSigma(text, 'before.yml'));
  return packed === null ? null : unpackFile({ ...packed, detections: () => packed.detections }, text, file);
}

describe('a kept file', () => {
  it('holds what was read, whatever the rule', () => {
    fc.assert(
      fc.property(ruleTexts, (text) => {
        const read = parseSigma(text, 'a.yml');
        fc.pre(read.refused.length === 0);
        expect(again(text)).toEqual(read);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['numbers that JSON has no word for', 'sel:\n  a: [1e999, -1e999, -0, 0x1F, 0o17, 1.50, 1e3]'],
    ['what looks like numbers and is not', 'sel:\n  a: ["1", "null", "true", .nan, 1_000]'],
    ['nothing, yes and no', 'sel:\n  a: null\n  b: true\n  c: FALSE\n  d: ~\n  e:'],
    ['half a character, and characters of two units', 'sel:\n  a: "\\ud800"\n  b: "\\U0001F600"'],
    ['lists of maps and words', 'sel:\n  - a: x\n  - b|endswith: y\n  - word'],
    [
      'chains of modifiers',
      'sel:\n  a|utf16le|base64offset|contains: x\n  b|re|i: "a.*"\n  c|contains|all: [x, y]',
    ],
  ])('holds %s', (_, detection) => {
    const text = ruleText(`${detection}\ncondition: sel`);
    const read = parseSigma(text, 'a.yml');
    expect(read.refused).toEqual([]);
    expect(again(text)).toEqual(read);
  });

  it('keeps the documents of a file apart, each with its text and lines', () => {
    const one = ruleText('sel:\n  a: x\ncondition: sel');
    const text = `\uFEFF${one}---\n${one.replace('a rule', 'another')}---\n${one}`;
    const read = parseSigma(text, 'a.yml');
    expect(read.documents.map(({ line }) => line)).toEqual([1, 9, 17]);
    expect(again(text)).toEqual(read);
  });

  it('does not keep a file with a filter, a correlation or a fault', () => {
    const rule = ruleText('sel:\n  a: x\ncondition: sel');
    const filter = `title: f\nlogsource: {product: test}\nfilter:\n  rules: any\n  sel: {a: x}\n  condition: not sel\n`;
    const correlation = `title: c\ncorrelation: {type: event_count, rules: [a], group-by: [b], timespan: 1m, condition: {gte: 2}}\n`;
    for (const other of [filter, correlation, 'title: [']) expect(again(`${rule}---\n${other}`)).toBeNull();
    expect(again(rule)).not.toBeNull();
  });

  it('looks at a detection only when somebody asks for it', () => {
    const text = ruleText('sel:\n  a: x\ncondition: sel');
    const packed = packFile(text, parseSigma(text, 'a.yml'));
    let asked = 0;
    const detections = (): string => {
      asked += 1;
      return packed?.detections ?? '';
    };
    const [rule] = unpackFile({ heads: packed?.heads ?? '', detections }, text, 'a.yml').documents;
    if (rule === undefined) throw new Error('no rule came back');
    const compiled = compileRule(rule, { mappings: testMappings, proven: new Set([rule]) });
    expect(asked).toBe(0);
    const event = { fields: { a: 'X' }, logsource: { product: 'test' } };
    expect(compiled.ok && compiled.value.matches(event)).toBe(true);
    expect(compiled.ok && compiled.value.explain(event)).toHaveLength(1);
    expect(asked).toBe(1);
  });
});
