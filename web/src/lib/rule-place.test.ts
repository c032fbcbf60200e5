import { describe, expect, it } from 'vitest';
import { logsourceIn, namesUnder, placeAt } from './rule-place.ts';

/** The caret stands at `|`. */
function at(text: string) {
  const lines = text.slice(0, text.indexOf('^')).split('\n');
  return placeAt(lines.slice(0, -1), lines.at(-1) ?? '');
}

describe('where the caret stands', () => {
  it.each([
    { why: 'at the top', text: 'ti^', place: { path: [], what: 'key', word: 'ti' } },
    { why: 'in a value', text: 'level: hi^', place: { path: [], what: 'value', key: 'level', word: 'hi' } },
    {
      why: 'in a map',
      text: 'title: x\nlogsource:\n  pro^',
      place: { path: ['logsource'], what: 'key', word: 'pro' },
    },
    {
      why: 'in a map in one line',
      text: 'logsource: {product: windows, cat^',
      place: { path: ['logsource'], what: 'key', word: 'cat' },
    },
    {
      why: 'in a value of a map in one line',
      text: 'logsource: {product: windows, category: pro^',
      place: { path: ['logsource'], what: 'value', key: 'category', word: 'pro' },
    },
    {
      why: 'in a field with a modifier',
      text: 'detection:\n  selection:\n    Image|ends^',
      place: { path: ['detection', 'selection'], what: 'key', word: 'Image|ends' },
    },
    {
      why: 'in a list of maps',
      text: 'detection:\n  selection:\n    - Image: a\n      Comm^',
      place: { path: ['detection', 'selection'], what: 'key', word: 'Comm' },
    },
    {
      why: 'in a list of values',
      text: "detection:\n  selection:\n    Image|endswith:\n      - '\\a'\n      - '\\b^",
      place: { path: ['detection', 'selection', 'Image|endswith'], what: 'value', item: true, word: "'\\b" },
    },
    {
      why: 'in a list at the indent of its key',
      text: 'tags:\n- attack.t1^',
      place: { path: ['tags'], what: 'value', item: true, word: 'attack.t1' },
    },
    {
      why: 'after another list',
      text: 'tags:\n  - attack.t1059\nlev^',
      place: { path: [], what: 'key', word: 'lev' },
    },
    {
      why: 'in a list in one line',
      text: 'correlation:\n  rules: [one, tw^',
      place: { path: ['correlation', 'rules'], what: 'value', item: true, word: 'tw' },
    },
  ])('is known $why', ({ text, place }) => {
    expect(at(text)).toMatchObject(place);
  });

  it('is nowhere in a comment', () => {
    expect(at('title: x # so^')).toBeNull();
    expect(at('# ti^')).toBeNull();
  });
});

it('finds the selections of a rule', () => {
  const source = 'detection:\n  a:\n    B: 1\n  filter_x:\n    - C: 2\n  condition: a\nlevel: high\n';
  expect(namesUnder(source, 'detection')).toEqual(['a', 'filter_x', 'condition']);
  expect(namesUnder(source, 'filter')).toEqual([]);
});

it.each([
  { source: 'logsource:\n  product: windows\n  category: "dns"\ndetection:\n  product: no\n' },
  { source: 'logsource: {product: windows, category: dns}\n' },
])('finds the logsource of $source', ({ source }) => {
  expect(logsourceIn(source)).toEqual({ product: 'windows', category: 'dns' });
});
