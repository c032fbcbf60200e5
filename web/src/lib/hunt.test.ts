import { describe, expect, it } from 'vitest';
import {
  huntInput,
  ownEventsSearch,
  readColumns,
  spanMs,
  valueQuery,
  withValue,
  writeColumns,
} from './hunt.ts';

describe('the address of the events page', () => {
  it('takes what links of other pages give into its query', () => {
    expect(ownEventsSearch({ host: 'web 1', kind: 'unparsed', row: 'x' })).toEqual({
      q: 'host: "web 1" and unparsed: *',
      row: 'x',
    });
    expect(ownEventsSearch({ q: 'a: 1 or b: 2', user: 'EX\\ann' })).toEqual({
      q: '(a: 1 or b: 2) and user: "EX\\\\ann"',
    });
    expect(ownEventsSearch({ q: 'a: 1' })).toBeNull();
  });

  it('leaves a query that can’t be read as it is', () => {
    expect(ownEventsSearch({ q: 'a = 1', host: 'x' })).toEqual({ q: 'a = 1' });
  });

  it('counts a span back from now, and reads typed times as UTC', () => {
    const now = Date.parse('2026-11-25T12:00:00Z');
    expect(huntInput({ last: '24h' }, now)).toEqual({
      q: '',
      basis: 'event',
      from: '2026-11-24T12:00:00.000Z',
    });
    expect(huntInput({ from: '2026-11-01', to: 'soon', basis: 'received' }, now)).toEqual({
      q: '',
      basis: 'received',
      from: '2026-11-01T00:00:00.000Z',
    });
    expect([spanMs('15m'), spanMs('7d'), spanMs('x'), spanMs('1w')]).toEqual([
      900_000,
      604_800_000,
      null,
      null,
    ]);
  });

  it('names columns only where they differ from the usual ones', () => {
    expect(writeColumns(readColumns(undefined))).toBeUndefined();
    expect(writeColumns([...readColumns(undefined), 'LogonType'])).toBe(
      'host,user,event,what,source,LogonType',
    );
    expect(readColumns('a,,b')).toEqual(['a', 'b']);
  });
});

describe('the menu of a value', () => {
  it('adds conditions that mean what was clicked, whatever signs are in it', () => {
    expect(withValue('', 'user', 'EX\\ann', 'only')).toBe('user: "EX\\\\ann"');
    expect(withValue('x or y', 'a', '1', 'exclude')).toBe('(x or y) and not a: 1');
    expect(valueQuery('native.Logon Type', '*')).toBe('"native.Logon Type": "*"');
  });

  it('no value is asked for as such', () => {
    expect(withValue('', 'user', '', 'only')).toBe('not user: *');
    expect(withValue('', 'user', '', 'exclude')).toBe('user: *');
  });

  it('a query that can’t be read gives way', () => {
    expect(withValue('a = 1', 'b', 'c', 'only')).toBe('b: c');
  });
});
