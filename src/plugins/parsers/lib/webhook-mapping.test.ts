/** Mappings of webhooks: which are refused, and that none can take long. */
import { describe, expect, it } from 'vitest';
import { bounded, expressionProblem, mappingOf } from './webhook-mapping.ts';

describe('an expression', () => {
  it.each([
    { expression: 'body.alert.id', problem: null, why: 'a path' },
    { expression: 'body.?a.?b.orValue("x")', problem: null, why: 'a path that may end' },
    { expression: 'body.tags.map(t, "attack." + t)', problem: null, why: 'one loop' },
    { expression: 'body.x +', problem: /at character \d+/, why: 'cut off' },
    { expression: 'bdy.x', problem: /Unknown variable.*at character 1/, why: 'a slip in the name' },
    { expression: '1 + "a"', problem: /no such overload.*at character 1/, why: 'types that do not fit' },
    { expression: 'body.x.matches("(a+)+$")', problem: /unbounded time.*at character/, why: 'a pattern' },
    {
      expression: 'body.a.map(x, body.b.map(y, y))',
      problem: /inside of another loop/,
      why: 'loops in loops',
    },
    {
      expression: 'body.a.filter(x, body.b.all(y, y == x))',
      problem: /inside of another loop/,
      why: 'in its condition',
    },
    { expression: `${'('.repeat(60)}1${')'.repeat(60)}`, problem: /./, why: 'too deep' },
  ])('$why: $expression', ({ expression, problem }) => {
    const found = expressionProblem(expression);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });
});

describe('a body', () => {
  it('of any size is evaluated in bounded time', () => {
    const body = bounded({
      list: Array.from({ length: 500_000 }, (_, i) => ({ name: `n${i}` })),
      text: 'x'.repeat(1_000_000),
    });
    const mapping = mappingOf(
      JSON.stringify({ uid: 'body.list.map(e, body.text + e.name).join(body.text)', title: 'body.text' }),
    );
    const started = performance.now();
    expect(String(mapping?.value('uid', body)).length).toBeLessThan(20_000_000);
    // Generous, for a busy machine: it takes some milliseconds.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('cannot reach what all objects have', () => {
    const mapping = mappingOf(JSON.stringify({ uid: 'body.constructor', title: 'body.__proto__' }));
    expect(mapping?.value('uid', bounded({}))).toBeUndefined();
    expect(mapping?.value('title', bounded({}))).toBeUndefined();
  });
});
