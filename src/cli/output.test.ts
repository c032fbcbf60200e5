import { describe, expect, it } from 'vitest';
import { AppError } from '../base/errors.ts';
import { count, exitCode, inert, table } from './output.ts';
import { explain } from './run.ts';

describe('what a command prints', () => {
  it.each([
    { text: 'plain é 漢', expected: 'plain é 漢', why: 'letters of any script stay' },
    { text: 'a\u001b[31mb', expected: 'a␛[31mb', why: 'an escape would colour or move the terminal' },
    { text: 'a\u0000b\nc', expected: 'a␀b␊c', why: 'NUL and line feed would break the row' },
    { text: 'gpj\u202eexe', expected: 'gpj<U+202E>exe', why: 'an override reverses what is read' },
    { text: '\u0085\u007f', expected: '<U+0085><U+007F>', why: 'other control characters' },
  ])('shows $expected: $why', ({ text, expected }) => {
    expect(inert(text)).toBe(expected);
  });

  it('aligns columns by their widest value', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['wide value', 'x'],
          ['y', 'z'],
        ],
      ),
    ).toBe('A           LONG\nwide value  x\ny           z');
  });

  it('makes the widest columns narrower for a terminal, and paints a cell without moving the others', () => {
    const painted = { column: 1, paint: (cell: string) => `<${cell}>` };
    const row = ['2026-03-02 08:00:00Z', 'high', 'a'.repeat(40), 'b'.repeat(30)];
    expect(table(['TIME', 'L', 'A', 'B'], [row], painted, 70).split('\n')).toEqual([
      `TIME${' '.repeat(16)}  L     A${' '.repeat(19)}  B`,
      `2026-03-02 08:00:00Z  <high>  ${'a'.repeat(19)}…  ${'b'.repeat(19)}…`,
    ]);
  });

  it('counts in words', () => {
    expect([count(0, 'alert'), count(1, 'alert'), count(1_234, 'match', 'matches')]).toEqual([
      '0 alerts',
      '1 alert',
      '1,234 matches',
    ]);
  });
});

describe('exit codes', () => {
  it.each([
    { thrown: new AppError('E_CONFIG', 'x'), code: exitCode.usage, why: 'the configuration is wrong' },
    {
      thrown: new AppError('E_DATA_LOCKED', 'x'),
      code: exitCode.unavailable,
      why: 'another process has the directory',
    },
    { thrown: new AppError('E_CONFLICT', 'x'), code: exitCode.failed, why: 'the service refused' },
    {
      thrown: Object.assign(new Error('no such file'), { code: 'ENOENT' }),
      code: exitCode.failed,
      why: 'a file is missing',
    },
    {
      thrown: new DOMException('stop', 'AbortError'),
      code: exitCode.interrupted,
      why: 'a person stopped it',
    },
    { thrown: new TypeError('fetch failed'), code: exitCode.unavailable, why: 'nobody answers' },
  ])('is $code when $why', ({ thrown, code }) => {
    expect(explain(thrown)?.code).toBe(code);
  });

  it('is not made up for a bug', () => {
    expect(explain(new TypeError('x is undefined'))).toBeNull();
  });
});
