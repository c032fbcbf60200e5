/** Trees at random, for property tests. */
import fc from 'fast-check';
import { type CompareNode, comparisons, group, type Network, type Pattern, type QueryNode } from './ast.ts';

const partOf = (texts: fc.Arbitrary<string>) =>
  fc
    .array(texts, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.filter((part, at) => part !== '' || at === 0 || at === parts.length - 1));

/** `texts` and `fields` decide what the trees are about. */
export function queryNodes(
  fields: fc.Arbitrary<string>,
  texts: fc.Arbitrary<string>,
  numbers: fc.Arbitrary<number> = fc.integer(),
): fc.Arbitrary<QueryNode> {
  const named = fields.filter((name) => name !== 'raw' && name.trim() !== '');
  const pattern: fc.Arbitrary<Pattern> = partOf(texts)
    .filter((parts) => parts.some((part) => part !== ''))
    .map((parts) => ({ parts }));
  const network = fc.constantFrom('10.0.0.0/8', '192.0.2.0/25', '2001:db8::/32', '10.1.2.3/32', '0.0.0.0/0');
  const value: fc.Arbitrary<Pattern | Network> = fc.oneof(
    { arbitrary: pattern, weight: 5 },
    { arbitrary: network.map((one) => ({ network: one })), weight: 1 },
  );
  const leaf: fc.Arbitrary<QueryNode> = fc.oneof(
    fc.constant({ kind: 'all' as const }),
    partOf(texts)
      .map((parts) => parts.filter((part) => part !== ''))
      .filter((parts) => parts.length > 0)
      .map((parts) => ({ kind: 'text' as const, pattern: { parts } })),
    fc.record({ kind: fc.constant('exists' as const), field: named }),
    fc.record({
      kind: fc.constant('is' as const),
      field: named,
      any: fc.array(value, { minLength: 1, maxLength: 3 }),
    }),
    fc.record<CompareNode>({
      kind: fc.constant('compare'),
      field: named,
      op: fc.constantFrom(...comparisons),
      value: numbers.map((number) => (Object.is(number, -0) ? 0 : number)),
    }),
  );
  return fc.letrec<{ node: QueryNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      tie('node').map((node) => ({ kind: 'not' as const, node })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
        )
        .map(([kind, nodes]) => group(kind, nodes)),
    ),
  })).node;
}
