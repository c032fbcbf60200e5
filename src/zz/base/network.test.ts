import { expect, it } from 'vitest';
import { canonicalAddress, rangeTest } from './network.ts';

it.each([
  { range: '127.0.0.0/8', address: '127.8.9.1', inside: true, why: 'a range holds its addresses' },
  { range: '127.0.0.0/8', address: '128.0.0.1', inside: false, why: 'and no others' },
  { range: '192.0.2.7', address: '192.0.2.7', inside: true, why: 'an address is a range of one' },
  { range: 'fe80::/10', address: 'fe80::1', inside: true, why: 'version 6 too' },
  { range: '::1', address: '127.0.0.1', inside: false, why: 'the versions do not mix' },
  {
    range: '10.0.0.0/8',
    address: '::ffff:10.1.2.3',
    inside: true,
    why: 'a mapped address is the one it maps',
  },
  { range: '10.0.0.0/8', address: 'ten', inside: false, why: 'a name is in no range' },
])('$why', ({ range, address, inside }) => expect(rangeTest(range)?.(address)).toBe(inside));

it('says of what is no range that it is none', () => {
  for (const text of ['', 'ten', '10.0.0.0/33', '10/8x']) expect(rangeTest(text)).toBeNull();
});

it.each([
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['10.1', null],
  ['host', null],
])('writes %s as %s', (text, written) => expect(canonicalAddress(text)).toBe(written));
