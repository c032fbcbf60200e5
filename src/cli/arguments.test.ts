import { describe, expect, it } from 'vitest';
import { commandFirst } from './arguments.ts';

const cases: readonly { readonly why: string; readonly given: string; readonly read: string }[] = [
  {
    why: 'a shared option may stand before the command',
    given: '--data d alerts list',
    read: 'alerts list --data d',
  },
  {
    why: 'several of them keep their order',
    given: '--data d --json alerts show ALR-1',
    read: 'alerts show ALR-1 --data d --json',
  },
  { why: 'a value may be joined with =', given: '--data=d status', read: 'status --data=d' },
  {
    why: 'what stands after -- stays the last',
    given: '--data d import -- -x',
    read: 'import --data d -- -x',
  },
  {
    why: 'options behind the command stay where they are',
    given: 'status --data d',
    read: 'status --data d',
  },
  { why: 'other options of the program are its own', given: '--help', read: '--help' },
  { why: 'without a command nothing moves', given: '--data d', read: '--data d' },
  { why: 'an option without its value is left for the parser to refuse', given: '--data', read: '--data' },
];

describe('shared options before the command', () => {
  it.each(cases)('$why', ({ given, read }) => {
    expect(commandFirst(given.split(' '))).toEqual(read.split(' '));
  });
});
