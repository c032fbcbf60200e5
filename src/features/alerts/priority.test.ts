import { describe, expect, it } from 'vitest';
import { incidentPriority, type PriorityFacts, priorityOf } from './priority.ts';

const plain: PriorityFacts = {
  severity: 'high',
  saidBy: 'rule',
  value: null,
  entityKind: 'host',
  earlier: 1,
  lastVerdict: null,
  resolved: false,
};

describe('priority', () => {
  const cases: { change: Partial<PriorityFacts>; points: number; says?: string; why: string }[] = [
    { change: {}, points: 65, says: 'rule says high', why: 'begins with the severity' },
    { change: { severity: 'informational' }, points: 10, why: 'an informational rule begins low' },
    { change: { value: 5 }, points: 80, says: 'asset value is critical', why: 'a critical asset is urgent' },
    { change: { value: 4 }, points: 73, why: 'a valuable one too' },
    { change: { value: 3 }, points: 65, why: 'an average one changes nothing' },
    { change: { value: 1 }, points: 55, says: 'asset value is low', why: 'one of low value can wait' },
    {
      change: { earlier: 0 },
      points: 71,
      says: 'first time on this host',
      why: 'what is new here is looked at',
    },
    {
      change: { earlier: 0, entityKind: 'ip' },
      points: 71,
      says: 'first time on this address',
      why: 'it names the entity as people do',
    },
    { change: { earlier: 0, entityKind: 'source' }, points: 65, why: 'nothing is rare on nobody' },
    {
      change: { earlier: 7 },
      points: 61,
      says: 'alerted 7 times before',
      why: 'what comes often is no news',
    },
    { change: { lastVerdict: 'false_positive' }, points: 55, why: 'a false alarm of before weighs' },
    { change: { lastVerdict: 'benign_positive' }, points: 55, why: 'so does a benign one' },
    { change: { lastVerdict: 'true_positive' }, points: 71, why: 'a true one makes the next more likely' },
    { change: { lastVerdict: 'inconclusive' }, points: 65, why: 'one that nobody understood says nothing' },
    { change: { resolved: true }, points: 50, why: 'what the product resolved is less urgent' },
    {
      change: { severity: 'critical', value: 5, earlier: 0, lastVerdict: 'true_positive' },
      points: 100,
      says: 'kept within 0 to 100',
      why: 'there is nothing above 100',
    },
    {
      change: { severity: 'informational', value: 1, lastVerdict: 'false_positive' },
      points: 0,
      why: 'and nothing below 0',
    },
  ];
  it.each(cases)('$why', ({ change, points, says }) => {
    const priority = priorityOf({ ...plain, ...change });
    expect(priority.points).toBe(points);
    expect(priority.reasons.reduce((sum, reason) => sum + reason.points, 0)).toBe(points);
    if (says !== undefined) expect(priority.reasons.map(({ text }) => text).join('; ')).toContain(says);
  });

  it.each([
    { rules: 1, points: 65 },
    { rules: 2, points: 68 },
    { rules: 3, points: 70 },
    { rules: 5, points: 73 },
    { rules: 9, points: 75 },
  ])('of an incident: $rules different rules give $points', ({ rules, points }) => {
    const { reasons } = priorityOf(plain);
    const priority = incidentPriority(reasons, rules);
    expect(priority.points).toBe(points);
    expect(priority.reasons.reduce((sum, reason) => sum + reason.points, 0)).toBe(points);
  });
});
