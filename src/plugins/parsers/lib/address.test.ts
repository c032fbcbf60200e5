/** Addresses, told apart from what only looks like them. */
import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAddress } from './address.ts';

describe('isAddress', () => {
  it('agrees with Node on every address that can be made', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => isAddress(text)));
  });

  it('agrees with Node on texts of the same letters', () => {
    const almost = fc.stringMatching(/^[0-9a-f:.%]{0,24}$/);
    fc.assert(
      fc.property(almost, (text) => isAddress(text) === (isIP(text) !== 0)),
      {
        numRuns: 20_000,
        examples: [['::'], ['1::'], ['::1.2.3.4'], ['1.2.3.4:'], ['::%a'], ['1:2:3:4:5:6:7::'], ['01.2.3.4']],
      },
    );
  });

  it('a host name is none', () => {
    expect(isAddress('portal.example')).toBe(false);
    expect(isAddress('')).toBe(false);
  });
});
