import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMappings } from '../lang/sigma/index.ts';
import type { ContextId, EventId, RuleId, SourceId, TenantId } from '../model/ids.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { type ActiveRule, createEvaluator } from './evaluate.ts';
import { layOut } from './lay-out.ts';
import { processBatch } from './process.ts';

const mappings = parseMappings(
  readFileSync(new URL('../../content/mappings/windows.yml', import.meta.url), 'utf8'),
);
const rule: ActiveRule = {
  id: '11111111-1111-4111-8111-111111111111' as RuleId,
  hash: 'h',
  path: 'rule.yml',
  source: `title: Log cleared
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, service: security}
detection:
  chosen:
    EventID: 1102
  condition: chosen
level: high
`,
};
const receivedAt = Date.UTC(2026, 10, 25, 8);
const exceptionOf = (fields: object, expiresAt: number | null = null) => ({
  id: 'x1',
  expiresAt,
  source: JSON.stringify({
    title: 'Exception of Log cleared',
    logsource: { product: 'windows', service: 'security' },
    detection: { excepted: fields, condition: 'excepted' },
  }),
});

function detect(active: ActiveRule, events: readonly object[]) {
  const evaluator = createEvaluator([active], mappings);
  const lines = events.map((event) =>
    JSON.stringify({ EventID: 1102, Channel: 'Security', EventTime: '2026-11-25 07:00:00', ...event }),
  );
  const batch = processBatch(
    {
      seq: 1,
      context: {
        id: 'c' as ContextId,
        tenant: 'main' as TenantId,
        source: 's' as SourceId,
        decoder: 'json',
        transport: 'file',
      },
      receivedAt,
      ...layOut(lines.map((line) => Buffer.from(line))),
      ids: lines.map((_, n) => String(n).padStart(32, '0') as EventId),
      flaws: new Map(),
      skip: new Set(),
    },
    { parsers, evaluator, range: { earliest: 0, futureLimitMs: 0 } },
    { rows: false },
  );
  return { ...batch, refused: evaluator.refused };
}

const hosts = ['ws-1', 'backup-1'].map((Hostname) => ({ Hostname, SubjectUserName: 'ana' }));

describe('what a match may do', () => {
  it('an exception marks its matches and leaves the others, by the event’s own fields', () => {
    const { detections } = detect(
      { ...rule, exceptions: [exceptionOf({ 'Computer|startswith': 'backup-' })] },
      hosts,
    );
    expect(detections.map((one) => [one.host, one.exception, one.evidence !== null])).toEqual([
      ['ws-1', undefined, true],
      ['backup-1', 'x1', false],
    ]);
  });

  it.each([
    { expiresAt: receivedAt, excepted: false, why: 'an exception is over for what is received at its end' },
    {
      expiresAt: receivedAt + 1,
      excepted: true,
      why: 'and holds until then, also when it is replayed later',
    },
  ])('$why', ({ expiresAt, excepted }) => {
    const { detections } = detect(
      { ...rule, exceptions: [exceptionOf({ EventID: 1102 }, expiresAt)] },
      hosts,
    );
    expect(detections.every((one) => (one.exception === 'x1') === excepted)).toBe(true);
  });

  it('a rule that observes says so on each match, and makes no evidence', () => {
    const { detections } = detect({ ...rule, observe: true }, hosts);
    expect(detections.map((one) => [one.observed, one.evidence])).toEqual([
      [true, null],
      [true, null],
    ]);
  });

  it('an exception that no longer compiles is told, and its rule goes on', () => {
    const { detections, refused } = detect(
      { ...rule, exceptions: [exceptionOf({ 'EventID|nonsense': 1 })] },
      hosts,
    );
    expect(refused).toMatchObject([{ id: rule.id, reason: expect.stringContaining('x1') }]);
    expect(detections.map((one) => one.exception)).toEqual([undefined, undefined]);
  });

  it('evidence is kept for 25 matches of an hour, whatever came in the hours before', () => {
    const times = ['07:00:00', '07:59:59'].flatMap((time) => Array.from({ length: 20 }, () => time));
    const later = Array.from({ length: 3 }, () => '05:00:00');
    const { detections } = detect(
      rule,
      [...times, ...later].map((time, n) => ({ Hostname: 'ws-1', EventTime: `2026-11-25 ${time}`, n })),
    );
    expect(detections.map((one) => one.evidence !== null)).toEqual([
      ...Array.from({ length: 25 }, () => true),
      ...Array.from({ length: 15 }, () => false),
      ...Array.from({ length: 3 }, () => true),
    ]);
  });

  it('events are counted by everything that their logsource can be called', () => {
    const { logsources } = detect(rule, [...hosts, { Channel: 'System', EventID: 7045 }]);
    expect(logsources).toMatchObject([
      { product: 'windows', services: 'security', events: 2 },
      { product: 'windows', services: 'system', events: 1 },
    ]);
  });
});
