/** Records alike have one shape, whatever their values are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shapeOf } from './shape.ts';

test.each([
  {
    why: 'values of JSON are left out, its members sorted',
    raws: ['{"b":1,"a":{"x":"y"}}', '{"a":{"x":"other"},"b":22}'],
    shape: '{a: {x: text}, b: number}',
  },
  { why: 'a list is told by its first element', raws: ['[{"a":1},2]', '[{"a":7}]'], shape: '[{a: number}]' },
  {
    why: 'numbers, times and addresses of a line are left out',
    raws: [
      '<34>Oct 11 22:14:15 web-1 sshd[123]: Failed password for root from 192.0.2.7 port 4711',
      '<38>Nov  2 02:14:05 web-1 sshd[99]: Failed password for root from 198.51.100.9 port 22',
    ],
    shape: '<‹n›>‹time› web-‹n› sshd[‹n›]: Failed password for root from ‹ip› port ‹n›',
  },
  {
    why: 'quoted texts, ids and digests too',
    raws: [
      'GET "a b" 2026-11-25T10:00:00.123Z d41d8cd98f00b204e9800998ecf8427e 0b0f4d7c-9d3e-4b1a-8f7e-2a1b3c4d5e6f',
      'GET "\\"" 2026-01-01 00:00:00+01:00 ffffffffffffffff 123e4567-e89b-12d3-a456-426614174000',
    ],
    shape: 'GET "text" ‹time› ‹hex› ‹uuid›',
  },
  { why: 'damaged JSON is told by its text', raws: ['{"a": "x', '{"a": "x'], shape: '{"text": "x' },
])('$why', ({ raws, shape }) => {
  for (const raw of raws) expect(shapeOf(raw)).toBe(shape);
});

test('no record breaks it or makes a shape without end', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 8 })), (raw) => {
      expect(shapeOf(raw).length).toBeLessThanOrEqual(401);
    }),
  );
  expect(shapeOf('x'.repeat(1 << 20)).length).toBe(401);
  expect(shapeOf(`{"a":${'['.repeat(5_000)}`).length).toBeLessThanOrEqual(401);
});
