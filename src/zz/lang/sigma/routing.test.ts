/** Which rules look at which events, and what an analyst is told of a match. */
import { describe, expect, it } from 'vitest';
import { buildRuleSet } from './index.ts';
import { compileText, ruleText, testMappings } from './testing.ts';

const sysmon = 'Microsoft-Windows-Sysmon/Operational';
const windows = { product: 'windows' };

function ruleFor(logsource: string, detection = 'sel:\n  Image: x\ncondition: sel') {
  const rule = compileText(ruleText(detection, `logsource: ${logsource}`));
  if (typeof rule === 'string') throw new Error(rule);
  return rule;
}

describe('routing', () => {
  it.each([
    {
      why: 'category by channel and id',
      rule: '{product: windows, category: process_creation}',
      fields: { Channel: sysmon, EventID: 1, Image: 'x' },
      logsource: windows,
      want: true,
    },
    {
      why: 'the id may be a text',
      rule: '{product: windows, category: process_creation}',
      fields: { Channel: sysmon, EventID: '1', Image: 'x' },
      logsource: windows,
      want: true,
    },
    {
      why: 'channels ignore case',
      rule: '{product: windows, service: sysmon}',
      fields: { Channel: sysmon.toUpperCase(), Image: 'x' },
      logsource: windows,
      want: true,
    },
    {
      why: 'another id',
      rule: '{product: windows, category: process_creation}',
      fields: { Channel: sysmon, EventID: 3, Image: 'x' },
      logsource: windows,
      want: false,
    },
    {
      why: 'aliases of 4688',
      rule: '{product: windows, category: process_creation}',
      fields: { Channel: 'Security', EventID: 4688, NewProcessName: 'x' },
      logsource: windows,
      want: true,
    },
    {
      why: 'no alias for a rule on the service',
      rule: '{product: windows, service: security}',
      fields: { Channel: 'Security', EventID: 4688, NewProcessName: 'x' },
      logsource: windows,
      want: false,
    },
    {
      why: 'a product alone sees all of it',
      rule: '{product: windows}',
      fields: { Channel: 'Other', Image: 'x' },
      logsource: windows,
      want: true,
    },
    {
      why: 'another product',
      rule: '{product: linux}',
      fields: { Image: 'x' },
      logsource: windows,
      want: false,
    },
    {
      why: 'the parser names the category',
      rule: '{category: proxy}',
      fields: { Image: 'x' },
      logsource: { category: 'PROXY' },
      want: true,
    },
    {
      why: 'all attributes have to agree',
      rule: '{product: aws, service: cloudtrail}',
      fields: { Image: 'x' },
      logsource: { product: 'aws' },
      want: false,
    },
    {
      why: 'an unknown logsource is nobody’s',
      rule: '{product: windows}',
      fields: { Channel: 'Security', Image: 'x' },
      logsource: {},
      want: false,
    },
  ])('$why', ({ rule, fields, logsource, want }) => {
    const compiled = ruleFor(rule);
    const event = { fields, logsource };
    expect(compiled.matches(event)).toBe(want);
    expect(buildRuleSet([compiled], testMappings).match(event)).toEqual(want ? [compiled] : []);
  });

  it('conditions on more fields than the id choose the category', () => {
    const compiled = ruleFor('{product: windows, category: registry_delete}');
    const event = (EventType: string) => ({
      fields: { Channel: sysmon, EventID: 12, EventType, Image: 'x' },
      logsource: windows,
    });
    expect(compiled.matches(event('DeleteValue'))).toBe(true);
    expect(compiled.matches(event('CreateKey'))).toBe(false);
  });

  it('an alias goes before a field of the same name that means something else', () => {
    const compiled = ruleFor(
      '{product: windows, category: process_creation}',
      "sel:\n  ProcessId: '0x20'\ncondition: sel",
    );
    const fields = { Channel: 'Security', EventID: 4688, ProcessId: '0x10', NewProcessId: '0x20' };
    expect(compiled.matches({ fields, logsource: windows })).toBe(true);
  });
});

describe('explain', () => {
  const detection = `sel:
  Image|endswith: ['\\a.exe', '\\b.exe']
  CommandLine|contains|all: [one, two]
other:
  User: nobody
gone:
  Hash: null
words: [Secret]
filter:
  User: root
condition: (sel or other) and gone and words and not filter`;

  it('lists the leaves that hold, as written, with the event’s values, and nothing below not', () => {
    const rule = ruleFor('{product: test}', detection);
    const event = {
      fields: { Image: 'C:\\B.exe', CommandLine: 'TWO one', note: 'my secret' },
      logsource: { product: 'test' },
    };
    expect(rule.explain(event)).toEqual([
      { selection: 'sel', field: 'Image|endswith', pattern: '\\b.exe', value: 'C:\\B.exe' },
      { selection: 'sel', field: 'CommandLine|contains|all', pattern: 'one', value: 'TWO one' },
      { selection: 'sel', field: 'CommandLine|contains|all', pattern: 'two', value: 'TWO one' },
      { selection: 'gone', field: 'Hash', pattern: 'null', value: '' },
      { selection: 'words', field: '', pattern: 'Secret', value: 'my secret' },
    ]);
  });

  it('is empty for an event that does not match', () => {
    const rule = ruleFor('{product: test}', detection);
    expect(rule.explain({ fields: { Image: 'C:\\b.exe' }, logsource: { product: 'test' } })).toEqual([]);
  });

  it('names the element of an array that matched', () => {
    const rule = ruleFor('{product: test}', 'sel:\n  f|contains: b\ncondition: sel');
    expect(rule.explain({ fields: { f: ['a', 'bb'] }, logsource: { product: 'test' } })).toEqual([
      { selection: 'sel', field: 'f|contains', pattern: 'b', value: 'bb' },
    ]);
  });
});
