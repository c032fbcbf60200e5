import { describe, expect, it } from 'vitest';
import { csvRow } from './csv.ts';

describe('a row of CSV', () => {
  it.each([
    { cells: ['a', 1, ''], expected: 'a,1,', why: 'plain cells stay as they are' },
    { cells: ['a,b', 'say "x"'], expected: '"a,b","say ""x"""', why: 'RFC 4180, section 2, rules 6 and 7' },
    { cells: ['=HYPERLINK("http://x")'], expected: '"\'=HYPERLINK(""http://x"")"', why: 'a formula' },
    { cells: ['@SUM(1)', '+1', '-1'], expected: '"\'@SUM(1)","\'+1","\'-1"', why: 'its other beginnings' },
    { cells: [' =1', '＝1'], expected: '"\' =1","\'＝1"', why: 'spreadsheets take these for one as well' },
    { cells: [-1], expected: '-1', why: 'a number of ours is none' },
    {
      cells: ['\t=1', 'a\r\nb'],
      expected: '␉=1,a␍␊b',
      why: 'control characters are shown, a row is one line',
    },
  ])('$expected: $why', ({ cells, expected }) => {
    expect(csvRow(cells)).toBe(`${expected}\r\n`);
  });
});
