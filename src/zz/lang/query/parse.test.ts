/** What the language means and how it refuses; the guide's examples are among them. */
import { describe, expect, test } from 'vitest';
import { withoutSpans } from './ast.ts';
import { addCondition, parseQuery, printQuery, readQuery } from './index.ts';

const literal = (text: string) => ({ parts: [text] });
const is = (field: string, ...any: string[]) => ({ kind: 'is', field, any: any.map(literal) });
const text = (...parts: string[]) => ({ kind: 'text', pattern: { parts } });

function parsed(query: string) {
  const result = parseQuery(query);
  if (!result.ok) throw new Error(`${result.error.start}: ${result.error.message} ${result.error.hint}`);
  return withoutSpans(result.value);
}

describe('a query means', () => {
  const cases: { query: string; means: unknown; why: string }[] = [
    { query: '', means: { kind: 'all' }, why: 'nothing asked is everything' },
    { query: 'host: web-1', means: is('host', 'web-1'), why: 'a comparison' },
    { query: 'host:web-1', means: is('host', 'web-1'), why: 'blanks around the colon do not matter' },
    { query: 'a: "x y"', means: is('a', 'x y'), why: 'quotes hold blanks' },
    { query: '"Logon Type": 3', means: is('Logon Type', '3'), why: 'a quoted name' },
    {
      query: 'dst_port >= 1024',
      means: { kind: 'compare', field: 'dst_port', op: '>=', value: 1024 },
      why: 'numbers compare',
    },
    {
      query: 'GrantedAccess>0x1000',
      means: { kind: 'compare', field: 'GrantedAccess', op: '>', value: 4096 },
      why: 'Windows writes masks in hexadecimal',
    },
    {
      query: 'Image: *\\\\powershell.exe',
      means: { kind: 'is', field: 'Image', any: [{ parts: ['', '\\powershell.exe'] }] },
      why: 'a doubled backslash is one',
    },
    {
      query: 'Image: *\\powershell.exe',
      means: { kind: 'is', field: 'Image', any: [{ parts: ['', '\\powershell.exe'] }] },
      why: 'a backslash before a letter is itself, as people paste paths',
    },
    {
      query: 'Image: C:\\Windows\\*.exe',
      means: { kind: 'is', field: 'Image', any: [{ parts: ['C:\\Windows*.exe'] }] },
      why: 'a backslash before a star takes its meaning',
    },
    {
      query: 'a: "C:\\Windows"',
      means: is('a', 'C:\\Windows'),
      why: 'also in quotes a lone backslash is itself',
    },
    { query: 'a: *', means: { kind: 'exists', field: 'a' }, why: 'any value' },
    {
      query: 'a: ""',
      means: { kind: 'not', node: { kind: 'exists', field: 'a' } },
      why: 'empty is no value',
    },
    { query: 'powershell', means: text('powershell'), why: 'a bare word is looked for in raw' },
    { query: 'power*enc', means: text('power', 'enc'), why: 'with a wildcard' },
    { query: '*enc*', means: text('enc'), why: 'text is anywhere in any case' },
    { query: 'raw: "a b"', means: text('a b'), why: 'raw is the record' },
    {
      query: 'one two',
      means: { kind: 'and', nodes: [text('one'), text('two')] },
      why: 'words beside each other must all occur',
    },
    {
      query: 'a: 1 or b: 2 and not c: 3',
      means: {
        kind: 'or',
        nodes: [is('a', '1'), { kind: 'and', nodes: [is('b', '2'), { kind: 'not', node: is('c', '3') }] }],
      },
      why: 'not binds before and, and before or',
    },
    {
      query: '(a: 1 OR b: 2) And c: 3',
      means: { kind: 'and', nodes: [{ kind: 'or', nodes: [is('a', '1'), is('b', '2')] }, is('c', '3')] },
      why: 'parentheses group; keywords are of any case',
    },
    { query: 'a: (x or y)', means: is('a', 'x', 'y'), why: 'alternatives of one field' },
    { query: 'a in (x, "y z")', means: is('a', 'x', 'y z'), why: 'a list' },
    {
      query: 'a: (x and not y)',
      means: { kind: 'and', nodes: [is('a', 'x'), { kind: 'not', node: is('a', 'y') }] },
      why: 'conditions on one field',
    },
    {
      query: 'src_ip: 10.0.0.0/8',
      means: { kind: 'is', field: 'src_ip', any: [{ network: '10.0.0.0/8' }] },
      why: 'a network',
    },
    { query: 'a: "10.0.0.0/8"', means: is('a', '10.0.0.0/8'), why: 'quoted it is text' },
    {
      query: 'order: 1 and android',
      means: { kind: 'and', nodes: [is('order', '1'), text('android')] },
      why: 'words may begin like keywords',
    },
    { query: 'a: x,y', means: is('a', 'x,y'), why: 'outside of lists a comma is a character' },
  ];
  test.each(cases)('$query: $why', ({ query, means }) => {
    expect(parsed(query)).toEqual(means);
  });
});

describe('a query is refused where it is wrong, with a way out', () => {
  const cases: { query: string; at: [number, number]; message: RegExp; hint: RegExp }[] = [
    { query: 'host: web 1', at: [10, 11], message: /operator is missing/, hint: /quotes/ },
    { query: 'host: ', at: [6, 7], message: /missing at the end/, hint: /value/ },
    { query: 'host = web', at: [5, 6], message: /colon/, hint: /host: VALUE/ },
    { query: 'host=web', at: [0, 8], message: /colon/, hint: /host: VALUE/ },
    { query: 'a: 1 and host!=web', at: [9, 18], message: /colon/, hint: /not host: VALUE/ },
    { query: '(a: 1', at: [0, 1], message: /not closed/, hint: /\)/ },
    { query: 'a: 1)', at: [4, 5], message: /never opened/, hint: /quote/ },
    { query: 'a: "x', at: [3, 5], message: /does not end/, hint: /Close/ },
    { query: 'a: "C:\\"', at: [3, 8], message: /does not end/, hint: /double a backslash/ },
    { query: 'a: and', at: [3, 6], message: /value is expected/, hint: /"and"/ },
    { query: 'or a: 1', at: [0, 2], message: /condition is expected/, hint: /"or"/ },
    { query: 'a: 1 and', at: [8, 9], message: /missing at the end/, hint: /condition/ },
    { query: 'C:\\Windows', at: [0, 10], message: /path reads like a field/, hint: /quotes/ },
    { query: 'https://x.example', at: [0, 17], message: /URL reads like a field/, hint: /quotes/ },
    { query: 'Im*: x', at: [0, 3], message: /wildcard/, hint: /Name the field/ },
    { query: 'dst_port > web', at: [11, 14], message: /compares numbers/, hint: /1024/ },
    { query: 'time > 2026-11-24', at: [7, 17], message: /compares numbers/, hint: /beside/ },
    { query: '>= 5', at: [0, 1], message: /no field before/, hint: /FIELD >= NUMBER/ },
    { query: 'a: 1 && b: 2', at: [5, 7], message: /operator is missing/, hint: /and, or/ },
    { query: 'x | stats', at: [2, 3], message: /no pipes/, hint: /selects/ },
    { query: '!x', at: [0, 2], message: /no operator/, hint: /Write not/ },
    { query: 'a in (x y)', at: [8, 9], message: /comma/, hint: /in \(a, b\)/ },
    { query: 'a in ()', at: [6, 7], message: /missing/, hint: /empty/ },
    { query: 'src_ip: 10.0.0.0/64', at: [8, 19], message: /no network/, hint: /quote/ },
    { query: '()', at: [1, 2], message: /missing/, hint: /empty/ },
  ];
  test.each(cases)('$query', ({ query, at, message, hint }) => {
    const result = parseQuery(query);
    if (result.ok) throw new Error('it was read');
    expect([result.error.start, result.error.end]).toEqual(at);
    expect(result.error.message).toMatch(message);
    expect(result.error.hint).toMatch(hint);
  });

  test('depth, length and number of parts are limited, because a tree is walked by recursion', () => {
    for (const query of ['('.repeat(5_000), 'not '.repeat(2_000), 'x'.repeat(10_001), 'x '.repeat(4_000)]) {
      expect(parseQuery(query).ok).toBe(false);
    }
    expect(parseQuery(`a in (${Array.from({ length: 900 }, (_, i) => i).join(',')})`).ok).toBe(true);
  });
});

test('what was read before a fault is still coloured', () => {
  const { tokens } = readQuery('host: web-1 and user: (');
  expect(tokens.map((token) => token.kind)).toEqual([
    'field',
    'sign',
    'value',
    'operator',
    'field',
    'sign',
    'sign',
  ]);
});

test('a condition joins a query as a whole, because an or before it must not swallow it', () => {
  const condition = { kind: 'is', field: 'host', any: [literal('a b')] } as const;
  expect(addCondition(parsed('x or y'), condition)).toBe('(x or y) and host: "a b"');
  expect(addCondition(parsed(''), condition)).toBe('host: "a b"');
  expect(printQuery(parsed('not (a: 1 and b: 2)'))).toBe('not (a: 1 and b: 2)');
});
