import { describe, expect, it } from 'vitest';
import { yamlTokens } from './yaml-tokens.ts';

const kinds = (source: string) =>
  yamlTokens(source).map((line) => line.map((token) => `${token.kind}:${token.text}`));

describe('colouring YAML', () => {
  it('tells keys, signs, texts, numbers, words and comments apart', () => {
    expect(kinds("title: A 'rule' # why\nlevel: 3\nnull: true\n  - 'a: b'\n# note")).toEqual([
      ['key:title', 'sign::', "text: A 'rule'", 'comment: # why'],
      ['key:level', 'sign::', 'number: 3'],
      ['key:null', 'sign::', 'word: true'],
      ['plain:  ', 'sign:- ', "text:'a: b'"],
      ['comment:# note'],
    ]);
  });

  it('reads keys with modifiers, and a dash before a key', () => {
    expect(kinds('- Image|endswith: \\cmd.exe')[0]).toEqual([
      'sign:- ',
      'key:Image|endswith',
      'sign::',
      'text: \\cmd.exe',
    ]);
  });

  it('leaves a block of text as text, until its indent ends', () => {
    expect(kinds('a: |\n  b: c\n\n  # d\ne: f')).toEqual([
      ['key:a', 'sign::', 'sign: |'],
      ['text:  b: c'],
      ['text:'],
      ['text:  # d'],
      ['key:e', 'sign::', 'text: f'],
    ]);
  });

  it('loses nothing of any line, because what is shown must be what is stored', () => {
    for (const source of [
      '',
      'a:b',
      '"x: y": "#z" # q',
      '- - 1',
      '{a: 1}',
      "it's: 'it''s'",
      '\t a',
      ': :',
      'a: "unended',
    ]) {
      expect(
        yamlTokens(source)
          .map((line) => line.map((token) => token.text).join(''))
          .join('\n'),
      ).toBe(source);
    }
  });
});
