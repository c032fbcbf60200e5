/** The list's state in the URL. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anyFilter,
  defaultFilter,
  type Filter,
  fits,
  readFilter,
  toggle,
  toInput,
  writeFilter,
} from './filter.ts';
import { type AlertSummary, alertStatuses, severities } from './types.ts';
import { parseSearch, pick, stringifySearch } from './urls.ts';

const alert: AlertSummary = {
  id: 'a',
  key: 'ALR-1',
  kind: 'rule',
  title: 'T',
  description: '',
  severity: 'high',
  priority: 65,
  priorityReasons: [],
  status: 'new',
  waiting: null,
  verdict: null,
  ruleId: 'r',
  ruleAuthor: '',
  host: '',
  user: '',
  entity: { kind: 'source', id: 'import' },
  tags: [],
  source: 'import',
  vendor: null,
  incident: null,
  predecessor: null,
  ownerId: null,
  ownerName: null,
  detections: 1,
  firstEventAt: '2020-05-02T02:55:56.000Z',
  lastEventAt: '2020-05-02T02:55:56.000Z',
  createdAt: '2026-11-24T00:00:00.000Z',
  updatedAt: '2026-11-24T00:00:00.000Z',
  acknowledgedAt: null,
  closedAt: null,
  version: 1,
};

test('the default view has an empty address', () => {
  expect(stringifySearch(writeFilter(defaultFilter))).toBe('');
});

test('"any" is written down, because nothing means the default', () => {
  expect(writeFilter(anyFilter)).toEqual({ status: 'any', owner: 'any' });
  expect(toInput(anyFilter)).toEqual({});
});

test('every filter comes back from its address', () => {
  const filters = fc.record<Filter>({
    status: fc.subarray([...alertStatuses]),
    severity: fc.subarray([...severities]),
    owner: fc.subarray(['me', 'none', '0190-a', '0190-b']),
    rule: fc.constantFrom('', '00000000-0000-4000-8000-000000000001'),
    text: fc.string({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(filters, (filter) => {
      const search = pick(parseSearch(stringifySearch(writeFilter(filter))), [
        'status',
        'severity',
        'owner',
        'rule',
        'text',
      ]);
      const back = readFilter(search);
      expect({ ...back, status: back.status.toSorted(), owner: back.owner.toSorted() }).toEqual({
        ...filter,
        status: filter.status.toSorted(),
        owner: filter.owner.toSorted(),
      });
    }),
  );
});

test('words that are no status are dropped, not sent', () => {
  expect(readFilter({ status: 'new,gone' }).status).toEqual(['new']);
});

describe('whether an alert still belongs to the view', () => {
  const rows = [
    { change: {}, fit: true, why: 'new and unowned is what waits' },
    { change: { status: 'closed' as const }, fit: false, why: 'closed is done' },
    { change: { ownerId: 'me-1' }, fit: true, why: 'mine' },
    { change: { ownerId: 'other' }, fit: false, why: 'somebody else has it' },
  ];
  test.each(rows)('$why', ({ change, fit }) => {
    expect(fits({ ...alert, ...change }, defaultFilter, 'me-1')).toBe(fit);
  });
});

test('toggling twice changes nothing', () => {
  expect(toggle(toggle(['a', 'b'], 'c'), 'c')).toEqual(['a', 'b']);
});
