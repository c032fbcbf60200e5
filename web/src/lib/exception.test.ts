import { describe, expect, it } from 'vitest';
import { linesOf, literal, otherLines, selectionOf } from './exception.ts';
import type { AlertDetail } from './types.ts';

const alert = {
  host: 'ws-17',
  evidence: [
    {
      matched: [
        {
          selection: 'a',
          field: 'Image|endswith',
          pattern: '\\powershell.exe',
          value: 'C:\\P\\powershell.exe',
        },
        { selection: 'a', field: 'CommandLine|contains', pattern: '-enc', value: 'powershell -enc *' },
        { selection: 'b', field: 'CommandLine|contains', pattern: 'powershell', value: 'powershell -enc *' },
        { selection: 'c', field: '', pattern: 'x', value: 'a keyword has no field' },
      ],
      native: { Computer: 'WS-17', User: 'CORP\\eve', EventID: 1, Empty: '', Nested: { a: 1 } },
    },
  ],
} as unknown as AlertDetail;

describe('an exception', () => {
  it('begins with what matched, each field once and whole, and offers where it was', () => {
    expect(linesOf(alert, null).map(({ field, value, chosen }) => [field, value, chosen])).toEqual([
      ['Image', 'C:\\P\\powershell.exe', true],
      ['CommandLine', 'powershell -enc *', true],
      ['Computer', 'WS-17', true],
      ['User', 'CORP\\eve', false],
    ]);
    expect(otherLines(alert, linesOf(alert, null))).toEqual([
      { field: 'EventID', comparison: 'is', value: '1', chosen: true },
    ]);
  });

  it('begins with one field on this host where its menu asks for it', () => {
    expect(linesOf(alert, 'Image').filter(({ chosen }) => chosen)).toMatchObject([
      { field: 'Image' },
      { field: 'Computer' },
    ]);
  });

  it('is the selection of what is chosen, in which every character is itself', () => {
    const lines = linesOf(alert, null).map((line) =>
      line.field === 'Image' ? { ...line, comparison: 'endswith' as const, value: '\\powershell.exe' } : line,
    );
    expect(selectionOf(lines)).toEqual({
      'Image|endswith': '\\\\powershell.exe',
      CommandLine: 'powershell -enc \\*',
      Computer: 'WS-17',
    });
    expect(literal('\\\\srv\\a?b')).toBe('\\\\\\\\srv\\\\a\\?b');
  });

  it('is none while nothing is chosen, or what is chosen has no value: it would leave out everything', () => {
    const none = linesOf(alert, null).map((line) => ({ ...line, chosen: false }));
    expect(selectionOf(none)).toBeNull();
    expect(selectionOf(none.map((line) => ({ ...line, chosen: true, value: '' })))).toBeNull();
  });
});
