/** Nested fields as lines. */
import { expect, test } from 'vitest';
import { flatFields } from './fields.ts';

test('nested fields get dotted names, lists and empty objects stay whole', () => {
  expect(flatFields({ a: { b: 1, c: { d: 'x' } }, e: [1, 2], f: {}, g: null })).toEqual([
    { name: 'a.b', text: '1' },
    { name: 'a.c.d', text: 'x' },
    { name: 'e', text: '[1,2]' },
    { name: 'f', text: '{}' },
    { name: 'g', text: 'null' },
  ]);
});
