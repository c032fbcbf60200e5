/** What an exception of a rule over many events is held against. */
import { describe, expect, it } from 'vitest';
import { createFindException } from './match-exceptions.ts';

const source = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    title: 'x',
    logsource: { category: 'correlation' },
    detection: { excepted: fields, condition: 'excepted' },
  });
const at = Date.UTC(2026, 10, 25);
const match = { group: [['user', 'corp\\amara']] as const };
const native = { user: ['CORP\\neo', 'CORP\\amara'], Computer: 'BACKUP-01' };

describe('an exception of a rule over many events', () => {
  it.each([
    { fields: { user: 'CORP\\amara' }, expiresAt: null, found: 'e', why: 'groups are kept without case' },
    {
      fields: { user: 'CORP\\neo' },
      expiresAt: null,
      found: undefined,
      why: 'the event is in two groups; this is the other one',
    },
    {
      fields: { 'Computer|startswith': 'backup-' },
      expiresAt: null,
      found: 'e',
      why: 'the group has no such field',
    },
    {
      fields: { 'Computer|startswith': 'web-' },
      expiresAt: null,
      found: undefined,
      why: 'it does not match',
    },
    { fields: { Computer: 'backup-01' }, expiresAt: at, found: undefined, why: 'it has ended' },
    { fields: { Computer: 'backup-01' }, expiresAt: at + 1, found: 'e', why: 'it has not ended yet' },
  ])('$fields until $expiresAt: $found, because $why', ({ fields, expiresAt, found }) => {
    const find = createFindException();
    expect(find([{ id: 'e', source: source(fields), expiresAt }], match, native, at)).toBe(found);
  });

  it('decides by the group alone when the event is gone', () => {
    const find = createFindException();
    const exceptions = [{ id: 'e', source: source({ user: 'corp\\amara' }), expiresAt: null }];
    expect(find(exceptions, match, {}, at)).toBe('e');
  });
});
