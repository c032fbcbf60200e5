/** Text from outside: what would hide, reorder or be clickable is spelt out. */
import { describe, expect, test } from 'vitest';
import { exact, visible, visibleText } from './visible.ts';

describe('visible text', () => {
  const rows = [
    { value: 'plain text', shown: 'plain text', why: 'ordinary text is left alone' },
    { value: '\u001b[31mred', shown: 'ESC[31mred', why: 'a terminal escape must be seen' },
    { value: 'a\u0000b\u007f', shown: 'aNULbDEL', why: 'NUL and DEL are named' },
    { value: 'two\nlines', shown: 'two\nlines', why: 'a line feed is visible by itself' },
    { value: 'cv\u202efdp.exe', shown: 'cvU+202Efdp.exe', why: 'an override would show exe as pdf' },
    { value: 'a\u2066b\u2069', shown: 'aU+2066bU+2069', why: 'isolates reorder as well' },
    { value: 'pay\u200bpal', shown: 'payU+200Bpal', why: 'zero-width characters make two names look alike' },
    { value: 'x\u{e0041}', shown: 'xU+E0041', why: 'tag characters carry hidden text' },
    { value: 'x\ud800', shown: 'xU+D800', why: 'half a surrogate pair is not a character' },
    { value: 'Zürich 東京 🔥', shown: 'Zürich 東京 🔥', why: 'other scripts are text, not threats' },
    {
      value: 'http://evil.example.com/a.b',
      shown: 'hxxp://evil[.]example[.]com/a.b',
      why: 'host defanged, path kept',
    },
    { value: 'HTTPS://E.COM', shown: 'HxxPS://E[.]COM', why: 'scheme in any case' },
    {
      value: 'ftp://files.example.com',
      shown: 'ftp://files[.]example[.]com',
      why: 'other schemes lose their host only',
    },
    { value: 'to 203.0.113.90:443', shown: 'to 203.0.113[.]90:443', why: 'an outside address is defanged' },
    {
      value: '10.0.0.5 192.168.1.1 127.0.0.1',
      shown: '10.0.0.5 192.168.1.1 127.0.0.1',
      why: 'inside addresses stay readable',
    },
    { value: '10.0.19041.4', shown: '10.0.19041.4', why: 'a version number is no address' },
    {
      value: 'http://203.0.113.90/x',
      shown: 'hxxp://203[.]0[.]113[.]90/x',
      why: 'an address in a URL is defanged once',
    },
    {
      value: 'C:\\Windows\\comsvcs.dll',
      shown: 'C:\\Windows\\comsvcs.dll',
      why: 'file names are no domains',
    },
  ];
  test.each(rows)('$why', ({ value, shown }) => {
    expect(visibleText(value)).toBe(shown);
  });

  test('a text to be read exactly has its hidden characters named and is not defanged', () => {
    const texts = exact('CommandLine: http://a.example\u202e').map(({ text }) => text);
    expect(texts.join('')).toBe('CommandLine: http://a.exampleU+202E');
  });

  test('a mark is told apart from text that only looks like one', () => {
    expect(visible('U+202E\u202e').map(({ text, mark }) => ({ text, mark }))).toEqual([
      { text: 'U+202E', mark: false },
      { text: 'U+202E', mark: true },
    ]);
  });

  test('a hit keeps its place when the text around it is defanged', () => {
    const value = 'get http://a.example/x';
    const hits = [{ start: 4, end: 13 }];
    const tokens = visible(value, hits);
    expect(
      tokens
        .filter((t) => t.hit)
        .map((t) => t.text)
        .join(''),
    ).toBe('hxxp://a[.]');
    expect(tokens.map((t) => t.text).join('')).toBe('get hxxp://a[.]example/x');
  });
});
