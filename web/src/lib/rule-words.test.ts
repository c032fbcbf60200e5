import { describe, expect, it } from 'vitest';
import { placeAt } from './rule-place.ts';
import { modifiersAfter, type RuleVocabulary, suggestionsAt } from './rule-words.ts';

const vocabulary: RuleVocabulary = {
  keys: {
    '': ['title', 'level', 'logsource'].map((name) => ({ name, detail: '' })),
    logsource: [{ name: 'product', detail: '' }],
  },
  values: { level: [{ name: 'high', detail: '' }] },
  condition: [{ name: 'and', detail: '' }],
  modifiers: [
    { name: 're', needs: null, after: ['i'] },
    { name: 'i', needs: 're', after: ['re'] },
    { name: 'contains', needs: null, after: ['all'] },
    { name: 'all', needs: null, after: ['re', 'i', 'contains'] },
  ],
  logsources: [
    { product: 'windows', service: 'sysmon', category: 'process_creation', events: 5, rules: 2 },
    { product: 'linux', service: '', category: 'process_creation', events: 0, rules: 1 },
    { product: 'linux', service: 'sshd', category: '', events: 9, rules: 0 },
  ],
  tags: [{ name: 'attack.t1059.001', rules: 3 }],
  names: [{ id: 'r1', title: 'Logons' }],
};

function labels(text: string) {
  const at = text.indexOf('^');
  const lines = text.slice(0, at).split('\n');
  const place = placeAt(lines.slice(0, -1), lines.at(-1) ?? '');
  if (place === null) return null;
  const found = suggestionsAt(place, {
    source: text.replace('^', ''),
    vocabulary,
    sampled: 10,
    fields: [{ name: 'Image', count: 10, values: [{ value: "C:\\it's.exe", count: 4 }] }],
  });
  return found?.items.map(({ label, text: written }) => written ?? label) ?? null;
}

describe('suggestions', () => {
  it.each([
    {
      why: 'keys of the document that are not there yet',
      text: 'title: x\nl^',
      wanted: ['level: ', 'logsource:'],
    },
    { why: 'levels', text: 'level: ^', wanted: ['high'] },
    {
      why: 'products, those with events first',
      text: 'logsource:\n  product: ^',
      wanted: ['linux', 'windows'],
    },
    {
      why: 'only services of the product that is named',
      text: 'logsource:\n  product: windows\n  service: ^',
      wanted: ['sysmon'],
    },
    { why: 'fields that the events have', text: 'detection:\n  a:\n    Im^', wanted: ['Image: '] },
    {
      why: 'modifiers that are legal',
      text: 'detection:\n  a:\n    Image|^',
      wanted: ['re', 'contains', 'all'],
    },
    {
      why: 'values that were seen, quoted',
      text: 'detection:\n  a:\n    Image: ^',
      wanted: ["'C:\\it''s.exe'"],
    },
    {
      why: 'the same in a list',
      text: 'detection:\n  a:\n    Image|endswith:\n      - ^',
      wanted: ["'C:\\it''s.exe'"],
    },
    {
      why: 'selections in the condition',
      text: 'detection:\n  a:\n    Image: x\n  condition: ^',
      wanted: ['a', 'and'],
    },
    { why: 'tags', text: 'tags:\n  - att^', wanted: ['attack.t1059.001'] },
    { why: 'rules by title, written by id', text: 'correlation:\n  rules:\n    - ^', wanted: ['r1'] },
    { why: 'nothing in a title', text: 'title: ^', wanted: null },
  ])('are $why', ({ text, wanted }) => {
    expect(labels(text)).toEqual(wanted);
  });
});

it('a modifier that needs another comes only after it', () => {
  expect(modifiersAfter([], vocabulary)).toEqual(['re', 'contains', 'all']);
  expect(modifiersAfter(['re'], vocabulary)).toEqual(['i', 'all']);
  expect(modifiersAfter(['contains'], vocabulary)).toEqual(['all']);
});
