/** Lines of the list, and how the cursor and the selection go over them. */
import { describe, expect, test } from 'vitest';
import type { AlertSummary, QueueRow } from '../../lib/types.ts';
import {
  between,
  groupItems,
  groupKey,
  heightOf,
  nextOpen,
  rowItems,
  selectedSubjects,
  step,
  subjectKey,
} from './items.ts';

function row(key: string, change: Partial<QueueRow> = {}): QueueRow {
  return {
    kind: key.startsWith('INC') ? 'incident' : 'alert',
    id: key,
    key,
    title: key,
    reason: '',
    severity: 'high',
    priority: 65,
    priorityReasons: [],
    status: 'new',
    waiting: null,
    verdict: null,
    ownerId: null,
    ownerName: null,
    alerts: 1,
    detections: 1,
    rules: [],
    hosts: [],
    users: [],
    sources: [],
    tags: [],
    ruleCount: 0,
    hostCount: 0,
    userCount: 0,
    firstEventAt: '2026-11-25T00:00:00.000Z',
    lastEventAt: '2026-11-25T00:00:00.000Z',
    createdAt: '2026-11-25T00:00:00.000Z',
    updatedAt: '2026-11-25T00:00:00.000Z',
    version: 1,
    ...change,
  };
}

const members = ['ALR-11', 'ALR-12'].map((key) => ({ ...row(key), kind: 'rule' }) as unknown as AlertSummary);
const known = () => ({ alerts: members, failed: false });
const rows = [row('ALR-1'), row('INC-2'), row('ALR-3')];

describe('lines', () => {
  test('an opened incident is followed by its alerts, a closed one stands alone', () => {
    expect(rowItems(rows, new Set(), known).map(({ key }) => key)).toEqual(['ALR-1', 'INC-2', 'ALR-3']);
    expect(rowItems(rows, new Set(['INC-2']), known).map(({ key }) => key)).toEqual([
      'ALR-1',
      'INC-2',
      'ALR-11',
      'ALR-12',
      'ALR-3',
    ]);
  });

  test('alerts that could not be read say so in their place', () => {
    const items = rowItems(rows, new Set(['INC-2']), () => ({ alerts: undefined, failed: true }));
    expect(items[2]).toMatchObject({
      type: 'note',
      pending: false,
      text: expect.stringContaining('could not'),
    });
  });

  const groupOf = (value: string) => ({
    values: [{ field: 'host' as const, value, label: value }],
    rows: 9,
    hosts: 1,
    users: 0,
    whole: true,
    severity: { critical: 0, high: 9, medium: 0, low: 0, informational: 0 },
    priority: 65,
    lastEventAt: '2026-11-25T00:00:00.000Z',
  });

  test('a group of more rows than are read says how many are missing', () => {
    const group = groupOf('a');
    const rowsOf = () => ({ rows: [row('ALR-1')], failed: false, total: 9 });
    const items = groupItems([group], new Set([groupKey(group)]), rowsOf, new Set(), known);
    expect(items.map(({ type }) => type)).toEqual(['group', 'row', 'note']);
    expect(items[2]).toMatchObject({ text: expect.stringContaining('8 more') });
  });

  test('the cursor passes through a row that stands in two groups, and it is selected once', () => {
    const both = [groupOf('a'), groupOf('b')];
    const rowsOf = () => ({ rows: [row('INC-2')], failed: false, total: 1 });
    const items = groupItems(both, new Set(both.map(groupKey)), rowsOf, new Set(), known);
    expect(new Set(items.map(({ key }) => key)).size).toBe(4);
    const second = step(items, groupKey(groupOf('b')), 1);
    expect(second?.key).not.toBe('INC-2');
    expect(subjectKey(second?.key ?? '')).toBe('INC-2');
    expect(step(items, second?.key ?? '', -1)?.key).toBe(groupKey(groupOf('b')));
    expect(between(items, 'INC-2', second?.key ?? '')).toEqual(['INC-2', 'INC-2']);
    expect(selectedSubjects(items, new Set(['INC-2'])).map(({ key }) => key)).toEqual(['INC-2']);
  });

  test('an incident is taller, because it says what it holds', () => {
    const [alert, incident] = rowItems(rows, new Set(), known);
    expect(heightOf(incident)).toBeGreaterThan(heightOf(alert));
  });
});

describe('the cursor', () => {
  const items = rowItems(rows, new Set(['INC-2']), known);

  test.each([
    { from: null, by: 1 as const, to: 'ALR-1', why: 'begins at the first row' },
    { from: 'INC-2', by: 1 as const, to: 'ALR-11', why: 'goes into an opened incident' },
    { from: 'ALR-3', by: 1 as const, to: 'ALR-3', why: 'stays at the end' },
    { from: 'gone', by: -1 as const, to: 'ALR-1', why: 'begins anew when its row has left' },
  ])('$why', ({ from, by, to }) => {
    expect(step(items, from, by)?.key).toBe(to);
  });

  test('after closing it goes on to the next open row, back when none follows, nowhere when all is done', () => {
    expect(nextOpen(items, new Set(['ALR-1']), 'ALR-1')?.key).toBe('INC-2');
    expect(nextOpen(items, new Set(['ALR-3']), 'ALR-3')?.key).toBe('ALR-12');
    const done = rowItems([row('ALR-1', { status: 'closed' })], new Set(), known);
    expect(nextOpen(done, new Set(), 'ALR-1')).toBeUndefined();
  });
});

describe('the selection', () => {
  const items = rowItems(rows, new Set(['INC-2']), known);

  test('shift takes everything between, in either direction', () => {
    expect(between(items, 'ALR-11', 'ALR-1')).toEqual(['ALR-1', 'INC-2', 'ALR-11']);
    expect(between(items, 'gone', 'ALR-3')).toEqual(['ALR-3']);
  });

  test('an alert is not taken beside its incident, which takes it along', () => {
    const chosen = selectedSubjects(items, new Set(['INC-2', 'ALR-11', 'ALR-3']));
    expect(chosen.map(({ key, kind }) => [key, kind])).toEqual([
      ['INC-2', 'incident'],
      ['ALR-3', 'alert'],
    ]);
    expect(selectedSubjects(items, new Set(['ALR-11'])).map(({ kind }) => kind)).toEqual(['alert']);
  });
});
