import { describe, expect, it } from 'vitest';
import { applyFilters, type FilterReading, filterWarnings } from './filter.ts';
import { compileRule, parseSigma } from './index.ts';
import { ruleText, testMappings } from './testing.ts';

const rule = `id: rule-1\nname: Rule_One\n${ruleText('sel:\n  Image: a.exe\ncondition: sel')}`;
const filterText = (condition: string, rules = '[rule-1]', logsource = '{product: test}') =>
  `title: a filter\nid: filter-1\nlogsource: ${logsource}\nfilter:\n  rules: ${rules}\n  admins:\n    User|startswith: adm_\n  condition: ${condition}\n`;

function outcome(filter: string, reading: FilterReading = 'require', ruleSource = rule) {
  const { documents, filters, refused } = parseSigma(`${ruleSource}---\n${filter}`, 'f.yml');
  const [document] = documents;
  if (document === undefined || refused.length > 0) return refused;
  const compiled = compileRule(applyFilters(document, filters, reading), { mappings: testMappings });
  if (!compiled.ok) return compiled.error;
  const matches = (User: string) =>
    compiled.value.matches({ fields: { Image: 'a.exe', User }, logsource: { product: 'test' } });
  return { admin: matches('adm_x'), other: matches('jo') };
}

describe('filters', () => {
  it.each([
    {
      why: 'the usual form leaves out what it selects',
      filter: filterText('not admins'),
      admin: false,
      other: true,
    },
    { why: 'a condition without "not" is a demand', filter: filterText('admins'), admin: true, other: false },
    {
      why: 'named by name, in any case',
      filter: filterText('not admins', '[rule_ONE]'),
      admin: false,
      other: true,
    },
    {
      why: 'a lone name is a list of one',
      filter: filterText('not admins', 'rule-1'),
      admin: false,
      other: true,
    },
    { why: 'any', filter: filterText('not admins', 'any'), admin: false, other: true },
    { why: 'another rule', filter: filterText('not admins', '[rule-2]'), admin: true, other: true },
    {
      why: 'another logsource',
      filter: filterText('not admins', 'any', '{product: test, service: x}'),
      admin: true,
      other: true,
    },
    { why: '1 of them', filter: filterText('not 1 of them'), admin: false, other: true },
  ])('holds beside the condition of the rule: $why', ({ filter, admin, other }) => {
    expect(outcome(filter)).toEqual({ admin, other });
  });

  it('the other reading leaves out what the condition matches, as in the example of the specification', () => {
    expect(outcome(filterText('admins'), 'exclude')).toEqual({ admin: false, other: true });
    expect(outcome(filterText('not admins'), 'exclude')).toEqual({ admin: true, other: false });
  });

  it('takes no selection of the rule for one of its own', () => {
    const clash = filterText('not sel').replace('admins', 'sel');
    expect(outcome(clash)).toEqual({ admin: false, other: true });
  });

  it('a list of conditions of the rule stays a list of alternatives', () => {
    const two = `id: rule-1\n${ruleText('sel:\n  Image: a.exe\nnever:\n  Image: b.exe\ncondition: [never, sel]')}`;
    expect(outcome(filterText('not admins'), 'require', two)).toEqual({ admin: false, other: true });
  });

  it.each([
    { why: 'no rules', change: [/ {2}rules.*\n/, ''], line: 14, reason: 'filter has no rules' },
    { why: 'an empty list', change: ['[rule-1]', '[]'], line: 15, reason: 'empty list' },
    { why: 'a rule twice', change: ['[rule-1]', '[a, A]'], line: 15, reason: 'a stands twice' },
    { why: 'no logsource', change: [/logsource.*\n/, ''], line: 11, reason: 'no logsource' },
    {
      why: 'an unknown selection',
      change: ['not admins', 'not admin'],
      line: 18,
      reason: 'admin does not exist',
    },
    { why: 'no condition', change: [/ {2}condition.*\n/, ''], line: 14, reason: 'no condition' },
  ] as const)('is refused: $why', ({ change: [from, to], line, reason }) => {
    expect(outcome(filterText('not admins').replace(from, to))).toMatchObject([
      { line, reason: expect.stringContaining(reason) },
    ]);
  });

  it('warns of a filter that lets only its selection through, and of rules that are not there', () => {
    const { documents, filters } = parseSigma(
      `${rule}---\n${filterText('admins', '[rule-1, gone]')}`,
      'f.yml',
    );
    expect(filterWarnings(filters, documents, 'require').map(({ line, reason }) => [line, reason])).toEqual([
      [11, expect.stringContaining('match only what it selects')],
      [15, 'the rule gone is not there'],
    ]);
    expect(filterWarnings(filters, documents, 'exclude')).toHaveLength(1);
  });
});
