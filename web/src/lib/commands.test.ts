/** The table of commands. */
import { expect, test } from 'vitest';
import { capsOf, commandIds, commands, withKey } from './commands.ts';

test('no key means two things on one page', () => {
  const everywhere = commandIds.filter((id) => !('page' in commands[id]));
  const onRules = commandIds.filter(
    (id) => 'page' in commands[id] || ['Go', 'Move'].includes(commands[id].group),
  );
  for (const ids of [everywhere, onRules.filter((id) => id !== 'expand')]) {
    const keys = ids.flatMap((id): readonly string[] => commands[id].keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test('no key alone is also the first of a sequence, which would never come to its second', () => {
  const keys = commandIds.flatMap((id): readonly string[] => commands[id].keys);
  const firsts = keys.filter((key) => key.includes(' ') && key !== ' ').map((key) => key.split(' ')[0]);
  expect(firsts.filter((key) => key !== undefined && keys.includes(key))).toEqual([]);
});

test('caps are what stands on the keyboard', () => {
  expect(capsOf('palette')).toEqual(['Ctrl K']);
  expect(capsOf('goQueue')).toEqual(['g', 'q']);
  expect(capsOf('drawer')).toEqual(['Space']);
  expect(withKey('Assign to me', 'assign')).toBe('Assign to me (a)');
  expect(withKey('Switch', 'theme')).toBe('Switch');
});
