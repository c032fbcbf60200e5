/** Values and fields: what the rules specification 2.1.0 says of them, row by row. */
import { describe, expect, it } from 'vitest';
import { trySelection } from './testing.ts';

type Row = { why: string; sel: string; fields: Record<string, unknown>; want: boolean };
const row = (why: string, sel: string, fields: Record<string, unknown>, want: boolean): Row => ({
  why,
  sel,
  fields,
  want,
});

const strings: Row[] = [
  row('values are case-insensitive', 'f: CMD.exe', { f: 'cmd.EXE' }, true),
  row('a value is the whole value', 'f: cmd', { f: 'cmd.exe' }, false),
  row('the Kelvin sign is a k', 'f: kelvin', { f: '\u212Aelvin' }, true),
  row('the final sigma is a sigma', "f: 'ΟΔΟΣ'", { f: 'οδος' }, true),
  row('the long s is an s', 'f: system', { f: 'ſystem' }, true),
  row('folding keeps the length: ß is not ss', "f: 'straße'", { f: 'STRASSE' }, false),
  row('the dotless i is not an i', "f: 'ı'", { f: 'i' }, false),
  row('* is any length, none included', 'f: a*z', { f: 'az' }, true),
  row('* goes over line ends', 'f: a*z', { f: 'a\n\nz' }, true),
  row('? is one character', 'f: prog?.exe', { f: 'progA.exe' }, true),
  row('? is not no character', 'f: prog?.exe', { f: 'prog.exe' }, false),
  row('? is one character outside the BMP too', 'f: a?b', { f: 'a\u{1F600}b' }, true),
  row('a single backslash is plain', "f: 'C:\\Windows'", { f: 'C:\\Windows' }, true),
  row('two backslashes are one', "f: 'C:\\\\Windows'", { f: 'C:\\Windows' }, true),
  row('\\* is a star', "f: 'a\\*b'", { f: 'a*b' }, true),
  row('\\* is no wildcard', "f: 'a\\*b'", { f: 'axb' }, false),
  row('\\? is a question mark', "f: 'a\\?'", { f: 'a?' }, true),
  row('\\\\* is a backslash and a wildcard', "f: 'C:\\\\*'", { f: 'C:\\x' }, true),
  row('\\\\* needs the backslash', "f: 'C:\\\\*'", { f: 'C:x' }, false),
  row('\\\\\\* is a backslash and a star', "f: 'a\\\\\\*'", { f: 'a\\*' }, true),
  row('three backslashes are two', "f: '\\\\\\srv'", { f: '\\\\srv' }, true),
  row('four backslashes are two', "f: '\\\\\\\\srv'", { f: '\\\\srv' }, true),
  row('a regex character is itself', 'f: a.c', { f: 'abc' }, false),
  row('a lone * is any value', "f: '*'", { f: 'x' }, true),
  row('a lone * is not an absent field', "f: '*'", {}, false),
  row('a lone * is not null', "f: '*'", { f: null }, false),
];

const otherValues: Row[] = [
  row('a number equals a number', 'f: 4688', { f: 4688 }, true),
  row('a number equals the text of it', 'f: 4688', { f: '4688' }, true),
  row('a text equals the number', "f: '4688'", { f: 4688 }, true),
  row('another number does not', 'f: 4688', { f: 46881 }, false),
  row('a number is not part of a text', 'f: 46', { f: '4688' }, false),
  row('large integers are not rounded together', 'f: 9007199254740993', { f: '9007199254740992' }, false),
  row('large integers equal as text', 'f: 9007199254740993', { f: '9007199254740993' }, true),
  row('true equals true', 'f: true', { f: true }, true),
  row('true equals its text', 'f: true', { f: 'True' }, true),
  row('true is not 1', 'f: true', { f: 1 }, false),
  row('YAML 1.2: yes is a text', 'f: yes', { f: 'yes' }, true),
  row('null is an absent field', 'f: null', {}, true),
  row('null is a null value', 'f: null', { f: null }, true),
  row('null is not the empty text', 'f: null', { f: '' }, false),
  row('null is no value in an empty list', 'f: null', { f: [] }, true),
  row('the empty text is the empty text', "f: ''", { f: '' }, true),
  row('the empty text is not an absent field', "f: ''", {}, false),
  row('the empty text is not null', "f: ''", { f: null }, false),
  row('an absent field has no value', 'f: x', {}, false),
  row('an array matches by element', 'f: b', { f: ['a', 'b'] }, true),
  row('an array does not match as a whole', "f: 'a,b'", { f: ['a', 'b'] }, false),
  row('arrays in arrays are entered', 'f: b', { f: [['a'], [['b']]] }, true),
  row('an object has no text', 'f: x', { f: { x: 1 } }, false),
];

const fieldNames: Row[] = [
  row('a name with dots is a path', 'a.b.c: x', { a: { b: { c: 'x' } } }, true),
  row('a name with dots as such goes before the path', 'a.b: x', { 'a.b': 'y', a: { b: 'x' } }, false),
  row('a part of the path may have dots', 'a.b.c: x', { 'a.b': { c: 'x' } }, true),
  row('a path enters arrays', 'a.b: x', { a: [{ b: 'y' }, { b: 'x' }] }, true),
  row('names are case-sensitive', 'Image: x', { image: 'x' }, false),
  row('inherited names are not fields', 'constructor|exists: true', {}, false),
  row('inherited names are not paths', 'a.constructor|exists: true', { a: {} }, false),
];

const structure: Row[] = [
  row('values of a list are "or"', 'f:\n  - a\n  - b', { f: 'b' }, true),
  row('entries of a map are "and"', 'f: a\ng: b', { f: 'a', g: 'c' }, false),
  row('maps of a list are "or"', '- f: a\n- g: b', { g: 'b' }, true),
  row('lists in lists are "or"', '- - f: a\n  - g: b\n- h: c', { g: 'b' }, true),
  row('keywords are found inside a text', '- mimikatz', { f: 'run MIMIKATZ now' }, true),
  row('keywords are found in nested values', '- mimikatz', { a: { b: [{ c: 'mimikatz' }] } }, true),
  row('keywords do not look at names', '- mimikatz', { mimikatz: 'x' }, false),
  row('a keyword has wildcards', "- 'a*z'", { f: '..a..z..' }, true),
  row('a keyword is the whole of a number', "- '4688'", { f: 4688 }, true),
  row('a keyword is not part of a number', "- '46'", { f: 4688 }, false),
  row('a number as keyword is a word of a text', '- 6', { f: 'init 6' }, true),
  row('a number as keyword is not part of a word', '- 6', { f: 'init 16' }, false),
  row('|all wants every keyword, in any field', "'|all':\n  - a1\n  - b2", { f: 'xa1', g: 'xb2' }, true),
  row('|all wants every keyword', "'|all':\n  - a1\n  - b2", { f: 'xa1' }, false),
  row('keywords and maps in a list are "or"', '- word\n- f: a', { f: 'a' }, true),
  row('a lone text is a keyword', 'word', { f: 'a word' }, true),
];

describe('values and fields', () => {
  it.each([...strings, ...otherValues, ...fieldNames, ...structure])('$why', ({ sel, fields, want }) => {
    expect(trySelection(sel, fields)).toBe(want);
  });
});
