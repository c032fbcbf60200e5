import { describe, expect, it } from 'vitest';
import { baseRules, correlationText, resolveText } from './testing.ts';

const firstLine = baseRules.split('\n').length;
const good = 'type: event_count\nrules: [a]\ngroup-by: [User]\ntimespan: 5m\ncondition: {gte: 2}';
const at = (line: number): number => firstLine + 4 + line;

describe('what is refused of correlations', () => {
  it.each([
    { why: 'no type', body: good.replace(/^type.*\n/, ''), line: 0, reason: 'correlation has no type' },
    {
      why: 'an unknown type',
      body: good.replace('event_count', 'near'),
      line: 1,
      reason: 'near does not exist',
    },
    { why: 'no rules', body: good.replace(/rules.*\n/, ''), line: 0, reason: 'has no rules' },
    {
      why: 'an empty list of rules',
      body: good.replace('[a]', '[]'),
      line: 2,
      reason: 'rules is an empty list',
    },
    { why: 'a rule twice', body: good.replace('[a]', '[a, A]'), line: 2, reason: 'the rule a stands twice' },
    {
      why: 'a rule by name and by id',
      body: good.replace('[a]', '[a, id-a]'),
      line: 2,
      reason: 'stands twice, by id',
    },
    {
      why: 'an unknown rule',
      body: good.replace('[a]', '[a, gone]'),
      line: 2,
      reason: 'the rule gone is not there',
    },
    {
      why: 'itself',
      body: good.replace('[a]', '[corr]'),
      line: 2,
      reason: 'refers to itself: "title of corr" →',
    },
    { why: 'no timespan', body: good.replace(/timespan.*\n/, ''), line: 0, reason: 'a time span is missing' },
    {
      why: 'a bad timespan',
      body: good.replace('5m', '5 min'),
      line: 4,
      reason: 'timespan is not a number with',
    },
    {
      why: 'no time at all',
      body: good.replace('5m', '0m'),
      line: 4,
      reason: 'timespan is not a number with',
    },
    {
      why: 'no condition',
      body: good.replace(/\ncondition.*/, ''),
      line: 0,
      reason: 'event_count has no condition',
    },
    {
      why: 'an unknown operator',
      body: good.replace('gte', 'atleast'),
      line: 5,
      reason: 'does not know atleast',
    },
    { why: 'no number', body: good.replace('2}', 'many}'), line: 5, reason: 'gte needs a number' },
    {
      why: 'a count below one',
      body: good.replace('gte: 2', 'lt: 1'),
      line: 5,
      reason: 'the condition can not hold',
    },
    { why: 'an empty range', body: good.replace('gte: 2', 'gt: 5, lt: 6'), line: 5, reason: 'can not hold' },
    {
      why: 'more rules than there are',
      body: good.replace('event_count', 'temporal'),
      line: 5,
      reason: 'the condition can not hold',
    },
    {
      why: 'a field to no end',
      body: good.replace('gte', 'field: x, gte'),
      line: 5,
      reason: 'takes no field',
    },
    { why: 'no field', body: good.replace('event', 'value'), line: 5, reason: 'value_count needs a field' },
    {
      why: 'two fields to add up',
      body: good.replace('event_count', 'value_sum').replace('gte', 'field: [x, y], gte'),
      line: 5,
      reason: 'takes one field',
    },
    {
      why: 'a slip in a name',
      body: good.replace('group-by', 'group_by'),
      line: 3,
      reason: 'does not know group_by',
    },
    {
      why: 'a field twice',
      body: good.replace('[User]', '[User, User]'),
      line: 3,
      reason: 'stands twice in group-by',
    },
    {
      why: 'an alias for another rule',
      body: `${good}\naliases:\n  x:\n    b: y`,
      line: 8,
      reason: 'is for b, which does not stand in rules',
    },
  ])('names the line: $why', ({ body, line, reason }) => {
    const { refused } = resolveText(correlationText(body));
    expect(refused).toMatchObject([{ id: 'corr', reason: expect.stringContaining(reason), line: at(line) }]);
  });

  it('a circle is refused, and what is built on it as well; the rest is not', () => {
    const one = (id: string, rule: string): string => correlationText(good.replace('[a]', `[${rule}]`), id);
    const { refused, stateful } = resolveText(
      [one('c1', 'c2'), one('c2', 'c3'), one('c3', 'c1'), one('c4', 'c1'), one('c5', 'a')].join('---\n'),
    );
    expect(refused.map(({ id }) => id ?? '').toSorted()).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(refused[0]?.reason).toBe(
      'the correlation refers to itself: "title of c1" → "title of c2" → "title of c3" → "title of c1"',
    );
    expect(stateful.map(({ document }) => document.id)).toEqual(['c5']);
  });

  it('a name that two rules have is refused: which is meant can not be known', () => {
    const { refused } = resolveText(
      `${baseRules.split('---')[0]?.replace('id-a', 'id-a2')}---\n${correlationText(good)}`,
    );
    expect(refused).toMatchObject([{ reason: expect.stringContaining('more than one rule') }]);
  });

  it.each([
    { why: 'no field', text: 'fields: []', reason: 'needs one to 3 fields' },
    { why: 'no window', text: 'fields: [x]', reason: 'a time span is missing' },
    {
      why: 'more learning than is kept',
      text: 'fields: [x]\n  window: 1d\n  learning: 2d',
      reason: 'longer than window',
    },
  ])('of new terms: $why', ({ text, reason }) => {
    const { refused } = resolveText(`title: n\nid: n\nnew_terms:\n  rules: [a]\n  ${text}\n`);
    expect(refused).toMatchObject([{ id: 'n', reason: expect.stringContaining(reason) }]);
  });
});

describe('what alerts by itself', () => {
  const one = (id: string, rule: string, generate = ''): string =>
    `${correlationText(good.replace('[a]', `[${rule}]`), id)}${generate}`;
  it('rules that feed others are quiet, correlations among them', () => {
    const { quiet, stateful } = resolveText([one('c1', 'a'), one('c2', 'c1')].join('---\n'));
    expect([...quiet]).toEqual(['id-a']);
    expect(stateful.map((rule) => [rule.document.id, rule.quiet])).toEqual([
      ['c1', true],
      ['c2', false],
    ]);
  });
  it('unless one of those they feed says generate', () => {
    const { quiet } = resolveText([one('c1', 'a'), one('c2', 'a', 'generate: true\n')].join('---\n'));
    expect([...quiet]).toEqual([]);
  });
  it('a correlation that is refused makes nothing quiet', () => {
    expect([...resolveText(one('c1', 'a, gone')).quiet]).toEqual([]);
  });
  it('the detection of a new terms rule never alerts by itself', () => {
    const { quiet, rules } = resolveText(
      'title: n\nid: n\nlogsource: {product: test}\ndetection:\n  s: {x: y}\n  condition: s\nnew_terms:\n  fields: [x]\n  window: 1d\n',
    );
    expect([...quiet]).toEqual(['n']);
    expect(rules.map(({ id }) => id)).toContain('n');
  });
});
