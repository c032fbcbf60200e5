import { describe, expect, it } from 'vitest';
import { compileNeverGroup, type NeverGroupPattern } from './never-group.ts';

const patterns: readonly NeverGroupPattern[] = [
  { kind: 'user', pattern: 'SYSTEM', reason: 'system' },
  { kind: 'user', pattern: 'NT AUTHORITY\\*', reason: 'system' },
  { kind: 'user', pattern: '*$', reason: 'machine' },
  { kind: 'user', pattern: '*svc*scan*', reason: 'scanner' },
  { kind: 'ip', pattern: '127.0.0.0/8', reason: 'loopback' },
  { kind: 'host', pattern: 'localhost', reason: 'loopback' },
];

describe('the list of what never groups', () => {
  const list = compileNeverGroup(patterns);
  it.each([
    { kind: 'user', name: 'system', reason: 'system', why: 'in any case' },
    { kind: 'user', name: 'nt authority\\local service', reason: 'system', why: 'by how it begins' },
    { kind: 'user', name: 'CORP\\WS-17$', reason: 'machine', why: 'by how it ends' },
    { kind: 'user', name: 'corp\\svc-net-scan-2', reason: 'scanner', why: 'by parts in their order' },
    { kind: 'user', name: 'scan-svc', reason: null, why: 'parts in another order are another name' },
    { kind: 'user', name: 'systems', reason: null, why: 'a longer name is another name' },
    { kind: 'ip', name: '127.0.0.53', reason: 'loopback', why: 'addresses by range' },
    { kind: 'host', name: 'LOCALHOST', reason: 'loopback', why: 'hosts too' },
    { kind: 'user', name: 'localhost', reason: null, why: 'each kind has its own' },
    { kind: 'source', name: 'SYSTEM', reason: null, why: 'a source is what somebody chose to call so' },
  ] as const)('$why: $name', ({ kind, name, reason }) => expect(list.reason(kind, name)).toBe(reason));

  it('a pattern of stars alone takes time in proportion to the name', () => {
    const slow = compileNeverGroup([{ kind: 'user', pattern: `${'*a'.repeat(60)}*b`, reason: 'x' }]);
    expect(slow.reason('user', 'a'.repeat(20_000))).toBeNull();
  });
});
