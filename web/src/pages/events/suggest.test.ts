import { describe, expect, it } from 'vitest';
import { completions, wordAt } from './suggest.ts';

/** The text with `|` where the caret is. */
const at = (text: string) => wordAt(text.replace('|', ''), text.indexOf('|'));
const names = ['host', 'src_host', 'hostname', 'LogonType'];

describe('names of fields are offered', () => {
  it.each([
    { text: 'ho|', offered: ['host', 'hostname', 'src_host'], why: 'at the beginning' },
    { text: 'a: 1 and ho|', offered: ['host', 'hostname', 'src_host'], why: 'after an operator' },
    { text: '(logon|', offered: ['LogonType'], why: 'in a group, in any case' },
    { text: 'host|', offered: [], why: 'not for a name that is whole' },
    { text: 'user: ho|', offered: [], why: 'not where a value stands' },
    { text: 'user: (ho|', offered: [], why: 'nor in its list' },
    { text: '"some ho|', offered: [], why: 'nor inside quotes' },
    { text: 'h|', offered: [], why: 'one letter says too little' },
  ])('$text: $why', ({ text, offered }) => {
    expect(completions(names, at(text))).toEqual(offered);
  });

  it('the whole word is replaced, also what stands behind the caret', () => {
    expect(at('a: 1 and lo|gon and b: 2')).toEqual({ text: 'lo', start: 9, end: 14 });
  });
});
