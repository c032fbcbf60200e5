/** The list's state in the URL. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anyFilter,
  defaultFilter,
  exclude,
  type Filter,
  filterParameters,
  fits,
  groupFields,
  groupFilter,
  inFacet,
  listParts,
  only,
  readFilter,
  toggle,
  writeFilter,
} from './filter.ts';
import { toInput } from './queue-input.ts';
import { alertStatuses, severities } from './types.ts';
import { parseSearch, pick, stringifySearch } from './urls.ts';

const noon = Date.parse('2026-11-25T12:00:30Z');

test('the default view has an empty address', () => {
  expect(stringifySearch(writeFilter(defaultFilter))).toBe('');
});

test('"any" is written down, because nothing means the default', () => {
  expect(writeFilter(anyFilter)).toEqual({ status: 'any', owner: 'any' });
  expect(toInput(anyFilter, noon)).toEqual({ timeBasis: 'alert' });
});

const value = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => text.trim() !== '');
const values = fc.uniqueArray(fc.oneof(value, fc.constantFrom('CORP\\a.novak', 'CN=a,OU=b', '100%', '%2C')), {
  maxLength: 3,
});

test('every filter comes back from its address, whatever its values hold', () => {
  const filters = fc.record<Filter>({
    status: fc.subarray([...alertStatuses]),
    severity: fc.subarray([...severities]),
    owner: fc.subarray(['me', 'none', 'others', '0190-a']),
    kind: fc.subarray(['incident', 'alert'] as const),
    rule: values,
    host: values,
    user: values,
    source: values,
    tag: values,
    not: values.map((all) => all.map((one) => `host=${one}`)),
    together: values.map((all) => all.map((one) => `rule=${one}`)),
    text: fc.string({ maxLength: 40 }),
    time: fc.constantFrom(null, '24h', '7d', '2020-05-01T00:00Z..2020-05-03T12:30Z'),
    basis: fc.constantFrom('alert', 'event'),
    sort: fc.constantFrom('priority', 'newest', 'event'),
    group: fc.shuffledSubarray([...groupFields], { maxLength: 3 }),
  });
  fc.assert(
    fc.property(filters, (filter) => {
      const back = readFilter(pick(parseSearch(stringifySearch(writeFilter(filter))), filterParameters));
      const plain = (one: Filter) => ({
        ...one,
        ...Object.fromEntries(listParts.map((part) => [part, [...one[part]].toSorted()])),
      });
      expect(plain(back)).toEqual(plain(filter));
    }),
  );
});

test('words that are no status are dropped, not sent', () => {
  expect(readFilter({ status: 'new,gone' }).status).toEqual(['new']);
});

test('the last 24 h are asked from a full minute, so that a second look is the same question', () => {
  expect(toInput({ ...anyFilter, time: '24h', basis: 'event' }, noon)).toEqual({
    from: '2026-11-24T12:00:00.000Z',
    timeBasis: 'event',
  });
});

describe('whether a row still belongs to the view', () => {
  const rows = [
    { change: {}, fit: true, why: 'new and unowned is what waits' },
    { change: { status: 'waiting' as const }, fit: true, why: 'waiting is open' },
    { change: { status: 'closed' as const }, fit: false, why: 'closed is done' },
    { change: { ownerId: 'me-1' }, fit: true, why: 'mine' },
    { change: { ownerId: 'other' }, fit: false, why: 'somebody else has it' },
  ];
  test.each(rows)('$why', ({ change, fit }) => {
    expect(fits({ status: 'new', ownerId: null, ...change }, defaultFilter, 'me-1')).toBe(fit);
  });
});

test('a value is either wanted or not: "only" and "exclude" undo each other', () => {
  const without = exclude(only(anyFilter, 'host', 'ws-17'), 'host', 'ws-17');
  expect(without).toMatchObject({ host: [], not: ['host=ws-17'] });
  expect(only(without, 'host', 'ws-17')).toMatchObject({ host: ['ws-17'], not: [] });
});

describe('the rows of a group', () => {
  const host = { field: 'host', value: 'ws-17' } as const;
  const rule = { field: 'rule', value: 'r1' } as const;
  const grouped: Filter = { ...anyFilter, group: ['host', 'rule'] };

  test('have its values on one alert, and a status or owner as a whole', () => {
    const owner = { field: 'owner', value: 'none' } as const;
    expect(groupFilter({ ...grouped, owner: ['me', 'none'] }, [host, rule, owner])).toEqual({
      ...anyFilter,
      owner: ['none'],
      together: ['host=ws-17', 'rule=r1'],
    });
    expect(groupFilter(grouped, [{ field: 'host', value: '' }])).toBeNull();
  });

  test('are in an address that can be read', () => {
    const filter = groupFilter({ ...defaultFilter, group: ['host', 'rule'] }, [host, rule]);
    expect(stringifySearch(writeFilter(filter ?? anyFilter))).toBe('?together=host=ws-17,rule=r1');
  });

  test('keep what the list was limited to by the same field, but not twice', () => {
    expect(groupFilter({ ...grouped, host: ['ws-17', 'b'] }, [host])).toMatchObject({
      host: [],
      together: ['host=ws-17'],
    });
    expect(groupFilter({ ...grouped, host: ['b', 'c'] }, [host])).toMatchObject({
      host: ['b', 'c'],
      together: ['host=ws-17'],
    });
    expect(groupFilter({ ...grouped, together: ['host=ws-17'] }, [host])?.together).toEqual(['host=ws-17']);
  });

  test('of one value are shown as that of its facet, where that says nothing else', () => {
    const one = groupFilter(grouped, [host]) ?? anyFilter;
    expect(inFacet(one)).toMatchObject({ host: ['ws-17'], together: [] });
    expect(inFacet({ ...one, host: ['b'] })).toMatchObject({ host: ['b'], together: ['host=ws-17'] });
    const two = groupFilter(grouped, [host, rule]) ?? anyFilter;
    expect(inFacet(two)).toEqual(two);
  });
});

test('toggling twice changes nothing', () => {
  expect(toggle(toggle(['a', 'b'], 'c'), 'c')).toEqual(['a', 'b']);
});
