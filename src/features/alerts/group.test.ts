import { describe, expect, it } from 'vitest';
import type { SourceId, TenantId } from '../../model/ids.ts';
import { entityOf, groupKeyOf } from './group.ts';
import { detectionOf, ruleB } from './testing.ts';

describe('what detections are about', () => {
  const cases = [
    { host: 'WS-17', user: 'u', kind: 'host', name: 'ws-17', why: 'the host comes first, in lower case' },
    { host: '', user: 'Ana', kind: 'user', name: 'Ana', why: 'without a host it is the user, as written' },
    {
      host: '',
      user: '',
      kind: 'source',
      name: 'import',
      why: 'an event that names nobody is about its source',
    },
  ];
  it.each(cases)('$why', ({ host, user, kind, name }) => {
    expect(entityOf({ host, user, source: 'import' as SourceId })).toEqual({ kind, name });
  });
});

describe('group keys', () => {
  const base = detectionOf(1);
  const cases = [
    { other: detectionOf(2), same: true, why: 'another event of the same rule and host is the same group' },
    { other: detectionOf(2, { user: 'other' }), same: true, why: 'the user does not split a host' },
    { other: detectionOf(2, { host: 'ws-17.CORP.example' }), same: true, why: 'case does not split a host' },
    {
      other: detectionOf(2, { ruleHash: 'b'.repeat(64) }),
      same: true,
      why: 'a new version of the rule goes on with the alert',
    },
    { other: detectionOf(2, { ruleId: ruleB }), same: false, why: 'another rule is another group' },
    {
      other: detectionOf(2, { host: 'ws-18.corp.example' }),
      same: false,
      why: 'another host is another group',
    },
    {
      other: detectionOf(2, { tenant: 'other' as TenantId }),
      same: false,
      why: 'tenants never share a group',
    },
  ];
  it.each(cases)('$why', ({ other, same }) => {
    expect(groupKeyOf(other) === groupKeyOf(base)).toBe(same);
  });

  it('keeps a host apart from a user of the same name', () => {
    const host = groupKeyOf({ ...base, host: 'build', user: '' });
    expect(groupKeyOf({ ...base, host: '', user: 'build' })).not.toBe(host);
  });
});
