import { describe, expect, it } from 'vitest';
import { RuleFault } from './fault.ts';
import { modifierFacts, readModifiers } from './modifiers.ts';

const names = modifierFacts.map(({ name }) => name);
const legal = (chain: readonly string[]): boolean => {
  try {
    readModifiers(chain, 1);
    return true;
  } catch (thrown) {
    if (thrown instanceof RuleFault) return false;
    throw thrown;
  }
};

describe('which modifier may follow which', () => {
  it('says of every chain of up to three what the reader of rules says', () => {
    const follows = (chain: readonly string[], name: string): boolean => {
      const facts = modifierFacts.find((one) => one.name === name)!;
      return (
        (facts.needs === null || chain.includes(facts.needs)) &&
        chain.every((before) => facts.after.some((one) => one === before))
      );
    };
    const chains = [[], ...names.map((name) => [name]), ...names.flatMap((a) => names.map((b) => [a, b]))];
    const wrong = chains
      .filter((chain) => chain.length === 0 || legal(chain))
      .flatMap((chain) =>
        names
          .filter((name) => follows(chain, name) !== legal([...chain, name]))
          .map((name) => [...chain, name].join('|')),
      );
    expect(wrong).toEqual([]);
  });
});
