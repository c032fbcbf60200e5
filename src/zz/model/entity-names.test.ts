import { describe, expect, it } from 'vitest';
import { hostNames, looksLikeIp, userNames } from './entity-names.ts';

describe('names of hosts', () => {
  const cases = [
    {
      name: 'WORKSTATION5',
      full: 'workstation5',
      short: 'workstation5',
      why: 'a short name has no shorter one',
    },
    {
      name: 'WORKSTATION5.theshire.local',
      full: 'workstation5.theshire.local',
      short: 'workstation5',
      why: 'a long name is shortened to its first label',
    },
    { name: 'dc.example.', full: 'dc.example', short: 'dc', why: 'the dot of the root is no part of a name' },
    { name: '192.0.2.7', full: '192.0.2.7', short: '192.0.2.7', why: 'an address is not shortened to 192' },
    { name: '2001:DB8::1', full: '2001:db8::1', short: '2001:db8::1', why: 'nor is one of version 6' },
    { name: '.odd', full: '.odd', short: '.odd', why: 'a name without a first label stays whole' },
  ];
  it.each(cases)('$why', ({ name, full, short }) => expect(hostNames(name)).toEqual({ full, short }));
});

describe('names of users', () => {
  const cases = [
    {
      name: 'THESHIRE\\Ana',
      full: 'theshire\\ana',
      short: 'theshire\\ana',
      why: 'a down-level name is short',
    },
    {
      name: 'ana@theshire.local',
      full: 'ana@theshire.local',
      short: 'theshire\\ana',
      why: 'a UPN is the down-level name of its domain’s first label',
    },
    {
      name: 'theshire.local\\ana',
      full: 'ana@theshire.local',
      short: 'theshire\\ana',
      why: 'a down-level name with the DNS domain is the UPN',
    },
    { name: 'root', full: 'root', short: 'root', why: 'a bare name is nobody else' },
    { name: 'a@b@c', full: 'a@b@c', short: 'a@b@c', why: 'what is no UPN stays whole' },
  ];
  it.each(cases)('$why', ({ name, full, short }) => expect(userNames(name)).toEqual({ full, short }));
});

describe('addresses', () => {
  it.each([
    ['10.0.0.1', true],
    ['fe80::1', true],
    ['host-10', false],
    ['a:b', true],
    ['face.example', false],
  ])('%s: %s', (text, is) => expect(looksLikeIp(text)).toBe(is));
});
