/** Underlining what a rule matched. */
import { describe, expect, test } from 'vitest';
import { matchedRanges, mergeRanges } from './matched.ts';

function parts(field: string, pattern: string, value: string): readonly string[] {
  return matchedRanges(field, pattern, value).map(({ start, end }) => value.slice(start, end));
}

describe('the matched part of a value', () => {
  const rows = [
    {
      field: 'Image|endswith',
      pattern: '\\rundll32.exe',
      value: 'C:\\a\\rundll32.exe',
      found: ['\\rundll32.exe'],
      why: 'at the end',
    },
    {
      field: 'Image|endswith',
      pattern: 'a',
      value: 'banana',
      found: ['a'],
      why: 'the last one, not the first',
    },
    {
      field: 'CommandLine|startswith',
      pattern: 'cmd',
      value: 'CMD /c cmd',
      found: ['CMD'],
      why: 'at the start, case aside',
    },
    {
      field: 'CommandLine|contains|all',
      pattern: 'MiniDump',
      value: 'x, minidump 7',
      found: ['minidump'],
      why: 'anywhere',
    },
    { field: 'User', pattern: 'SYSTEM', value: 'system', found: ['system'], why: 'equal is the whole value' },
    {
      field: 'Image',
      pattern: '*\\cmd.exe',
      value: 'C:\\cmd.exe',
      found: ['\\cmd.exe'],
      why: 'a wildcard is not underlined',
    },
    {
      field: 'CommandLine',
      pattern: '*net*user*',
      value: 'net1 user /add',
      found: ['net', 'user'],
      why: 'each literal run',
    },
    {
      field: 'F|contains',
      pattern: 'a\\*b',
      value: 'xa*by',
      found: ['a*b'],
      why: 'an escaped wildcard is a character',
    },
    {
      field: '',
      pattern: 'mimikatz',
      value: 'run mimikatz now',
      found: ['mimikatz'],
      why: 'a keyword stands anywhere',
    },
    {
      field: 'F|re',
      pattern: '(a+)+$',
      value: 'aaaa',
      found: ['aaaa'],
      why: 'expressions are not run in the browser',
    },
    {
      field: 'F|base64offset|contains',
      pattern: 'http',
      value: 'aHR0cA',
      found: ['aHR0cA'],
      why: 'an encoded pattern covers all',
    },
    {
      field: 'F|contains',
      pattern: 'x',
      value: '',
      found: [],
      why: 'an empty value has nothing to underline',
    },
  ];
  test.each(rows)('$field $pattern: $why', ({ field, pattern, value, found }) => {
    expect(parts(field, pattern, value)).toEqual(found);
  });

  test('places that overlap become one line', () => {
    const merged = mergeRanges([
      { start: 5, end: 9 },
      { start: 0, end: 3 },
      { start: 2, end: 6 },
    ]);
    expect(merged).toEqual([{ start: 0, end: 9 }]);
  });
});
