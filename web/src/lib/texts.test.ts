/** Ranges, words of the search box, waiting times, views, guides, trees: small readers and writers of the queue. */
import { describe, expect, test } from 'vitest';
import { anyFilter, defaultFilter } from './filter.ts';
import { readWords } from './filter-words.ts';
import { readBlocks } from './markdown.ts';
import { isRange, rangeName, rangeOf, spanOf } from './ranges.ts';
import { chips, countsText, priorityText } from './row-text.ts';
import { aroundFocus, treeLines } from './tree.ts';
import type { PriorityReason, ProcessNode } from './types.ts';
import { readViews } from './views.ts';
import { waitPresets } from './wait-presets.ts';

describe('ranges', () => {
  test('what is written comes back', () => {
    const span = { from: Date.parse('2020-05-01T00:00:00Z'), to: Date.parse('2020-05-01T12:30:00Z') };
    const range = rangeOf(span) ?? '';
    expect(range).toBe('2020-05-01T00:00Z..2020-05-01T12:30Z');
    expect(spanOf(range, 0)).toEqual(span);
    expect(rangeName(range)).toBe('2020-05-01 00:00 to 12:30');
  });

  test.each(['', '24', '..', 'x..y', '24h..', undefined])('%j is no range', (text) => {
    expect(isRange(text)).toBe(false);
  });

  test('one side may be open', () => {
    expect(rangeName('2020-05-01T00:00Z..')).toBe('since 2020-05-01 00:00');
    expect(spanOf('..2020-05-01T00:00Z', 0).from).toBeNull();
  });
});

describe('words of the search box', () => {
  test.each([
    { text: 'lsass', want: { text: 'lsass' }, why: 'plain words stay words' },
    {
      text: 'host:ws-17 lsass',
      want: { host: ['ws-17'], text: 'lsass' },
      why: 'a name before the colon filters',
    },
    { text: 'user:"CORP\\a novak"', want: { user: ['CORP\\a novak'], text: '' }, why: 'quotes hold blanks' },
    { text: '-source:okta', want: { not: ['source=okta'], text: '' }, why: 'a minus leaves out' },
    { text: 'severity:High', want: { severity: ['high'], text: '' }, why: 'severities in any case' },
    {
      text: 'severity:hig',
      want: { severity: [], text: 'severity:hig' },
      why: 'an unknown value stays text',
    },
    { text: 'http://x.example/', want: { text: 'http://x.example/' }, why: 'an address is no filter' },
  ])('$why', ({ text, want }) => {
    expect(readWords(text, anyFilter)).toMatchObject(want);
  });

  test('a filter that is there is not doubled', () => {
    expect(readWords('status:new', defaultFilter).status).toEqual(defaultFilter.status);
  });
});

test('waiting ends in working hours: tomorrow and Monday at nine, never today', () => {
  const sunday = Date.parse('2026-11-29T22:10:00Z');
  expect(waitPresets(sunday).map(({ until }) => until)).toEqual([
    '2026-11-29 23:10',
    '2026-11-30 02:10',
    '2026-11-30 09:00',
    '2026-11-30 09:00',
    '2026-12-06 22:10',
  ]);
  const monday = Date.parse('2026-11-30T08:00:00Z');
  expect(waitPresets(monday).find(({ name }) => name.startsWith('Monday'))?.until).toBe('2026-12-07 09:00');
});

test('views that something else has written are read as far as they are views', () => {
  expect(readViews('not json')).toEqual([]);
  expect(readViews('{"a":1}')).toEqual([]);
  expect(readViews('[1,{"name":"DCs","search":{"host":"dc-01","row":7}}]')).toEqual([
    { name: 'DCs', search: { host: 'dc-01' }, own: true },
  ]);
});

test('a guide is headings, lists and paragraphs; nothing in it becomes markup', () => {
  expect(readBlocks('# First\n1. Look\n   twice\n2. Ask\n\n<b>Then</b>\ndecide.')).toEqual([
    { kind: 'heading', lines: ['First'] },
    { kind: 'numbers', lines: ['Look twice', 'Ask'] },
    { kind: 'paragraph', lines: ['<b>Then</b>', 'decide.'] },
  ]);
});

describe('texts of a row', () => {
  const reasons: readonly PriorityReason[] = [
    { factor: 'severity', points: 65, text: 'rule says high' },
    { factor: 'asset', points: 15, text: 'asset value is critical' },
    { factor: 'verdicts', points: -10, text: 'last closed as benign' },
    { factor: 'limit', points: 0, text: 'kept within 0 to 100' },
  ];

  test('chips leave out what is drawn anyway', () => {
    expect(chips(reasons)).toBe('asset value is critical · last closed as benign');
  });

  test('the priority says what it is made of', () => {
    expect(priorityText(reasons.slice(0, 3))).toBe(
      'rule says high (65), asset value is critical (+15), last closed as benign (-10)',
    );
  });

  test('counts leave out what is none', () => {
    expect(countsText({ ruleCount: 4, hostCount: 1, userCount: 0 })).toBe('4 rules, 1 host');
  });
});

describe('process trees', () => {
  const node = (id: string, parentId: string | null, focus = false): ProcessNode => ({
    id,
    parentId,
    pid: id,
    image: `C:\\${id}.exe`,
    commandLine: '',
    user: '',
    at: null,
    eventId: null,
    focus,
  });

  test('children stand below their parents; one whose parent is unknown begins a tree of its own', () => {
    const lines = treeLines([node('b', 'a'), node('a', null), node('c', 'b'), node('x', 'gone')]);
    expect(lines.map(({ node: { id }, depth }) => [id, depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['x', 0],
    ]);
  });

  test('records that name each other as parents are all shown', () => {
    expect(
      treeLines([node('a', 'b'), node('b', 'a'), node('s', 's')])
        .map(({ node: { id } }) => id)
        .toSorted(),
    ).toEqual(['a', 'b', 's']);
  });

  test('a drawer keeps the line of descent and leaves siblings out', () => {
    const siblings = Array.from({ length: 12 }, (_, i) => node(`s${i}`, 'a'));
    const lines = treeLines([node('a', null), ...siblings, node('f', 'a', true), node('g', 'f')]);
    expect(aroundFocus(lines, 5).map(({ node: { id } }) => id)).toEqual(['a', 'f', 'g']);
  });
});
