/** Fields of a sample with their values. */
import { expect, test } from 'vitest';
import { countFields } from './field-counts.ts';

test('fields count events, once each however often a list names them, most frequent first', () => {
  const fields = countFields([
    { user: { name: 'ann' }, tags: ['a', 'b', 'a'], port: 0 },
    { user: { name: 'ann' }, empty: '', none: null },
    { user: { name: 'bob', admin: true } },
  ]);
  expect(fields).toEqual([
    {
      name: 'user.name',
      count: 3,
      values: [
        { value: 'ann', count: 2 },
        { value: 'bob', count: 1 },
      ],
    },
    { name: 'port', count: 1, values: [{ value: '0', count: 1 }] },
    {
      name: 'tags',
      count: 1,
      values: [
        { value: 'a', count: 1 },
        { value: 'b', count: 1 },
      ],
    },
    { name: 'user.admin', count: 1, values: [{ value: 'true', count: 1 }] },
  ]);
});

test('long texts count and are no values to pick; what is nested without end is left', () => {
  let deep: unknown = 'x';
  for (let i = 0; i < 1_000; i++) deep = { a: deep };
  expect(countFields([{ text: 'x'.repeat(201), deep }])).toEqual([{ name: 'text', count: 1, values: [] }]);
});
