/** Key sequences. */
import { describe, expect, test } from 'vitest';
import { idle, type KeyState, pressKey } from './keys.ts';

const bindings = ['j', 'g q', 'g e', 'Escape', 'Mod-k'];

function type(keys: readonly string[], held: { ctrlKey?: boolean } = {}): string | null {
  let state: KeyState = idle;
  let binding: string | null = null;
  for (const key of keys) {
    ({ state, binding } = pressKey(
      state,
      { key, ctrlKey: false, metaKey: false, altKey: false, ...held },
      bindings,
    ));
  }
  return binding;
}

describe('pressed keys', () => {
  const rows = [
    { keys: ['j'], binding: 'j', why: 'one key' },
    { keys: ['g'], binding: null, why: 'the first of two waits' },
    { keys: ['g', 'e'], binding: 'g e', why: 'the second completes it' },
    { keys: ['g', 'j'], binding: null, why: 'a wrong second key does nothing of its own' },
    { keys: ['g', 'j', 'j'], binding: 'j', why: 'and the next key starts afresh' },
    { keys: ['g', 'Escape', 'j'], binding: 'j', why: 'Escape leaves a sequence' },
    { keys: ['x'], binding: null, why: 'unknown keys stay with the browser' },
  ];
  test.each(rows)('$keys: $why', ({ keys, binding }) => {
    expect(type(keys)).toBe(binding);
  });

  test("keys held with Ctrl are the browser's", () => {
    expect(type(['j'], { ctrlKey: true })).toBeNull();
  });

  test('but for those that are bound with it', () => {
    expect(type(['k'], { ctrlKey: true })).toBe('Mod-k');
    expect(type(['k'])).toBeNull();
  });
});
