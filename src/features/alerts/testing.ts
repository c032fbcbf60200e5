/** Detections and rules for the tests of this feature. */
import { hashId } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { Detection } from '../../model/detection.ts';
import { type DetectionId, type EventId, mainTenant, type RuleId, type SourceId } from '../../model/ids.ts';
import type { RuleFacts } from './types.ts';

export const startAt = Date.UTC(2026, 10, 24, 8);
export const ruleA = '11111111-1111-4111-8111-111111111111' as RuleId;
export const ruleB = '22222222-2222-4222-8222-222222222222' as RuleId;

const source = (title: string) => `title: ${title}
description: Says what it means.
references:
  - https://attack.mitre.org/techniques/T1070/001/
logsource:
  product: windows
detection:
  chosen:
    EventID: 1
  condition: chosen
falsepositives:
  - Tests
level: high
`;

export function factsOf(ruleId: string): RuleFacts {
  const title = ruleId === ruleA ? 'Rule A' : 'Rule B';
  return {
    title,
    author: 'Someone',
    license: 'Apache-2.0',
    source: source(title),
    tags: ['attack.t1070.001'],
    severity: ruleId === ruleA ? 'high' : 'low',
  };
}

export const foldDeps = (now = startAt) => ({
  now,
  rules: (_tenant: string, ruleId: string) => factsOf(ruleId),
});

/** The detection of event number `n`, with whatever is said otherwise. */
export function detectionOf(n: number, change: Partial<Detection> = {}): Detection {
  const eventId = hashId('event', String(n)) as EventId;
  const ruleId = change.ruleId ?? ruleA;
  const ruleHash = change.ruleHash ?? 'a'.repeat(64);
  const tenant = change.tenant ?? mainTenant;
  const raw = Buffer.from(JSON.stringify({ n }));
  return {
    id: hashId(tenant, ruleId, ruleHash, eventId) as DetectionId,
    tenant,
    ruleId,
    ruleHash,
    title: factsOf(ruleId).title,
    severity: factsOf(ruleId).severity,
    eventId,
    seq: Math.floor(n / 10) + 1,
    idx: n % 10,
    eventTime: startAt - 3_600_000 + n * 1_000,
    host: 'WS-17.corp.example',
    user: 'mreyes',
    source: 'import' as SourceId,
    evidence: {
      eventId,
      time: startAt - 3_600_000 + n * 1_000,
      receivedAt: startAt,
      raw,
      native: { n },
      matched: [{ selection: 'chosen', field: 'EventID', pattern: '1', value: '1' }],
      parser: 'windows-json@1',
    },
    ...change,
  };
}

export const analyst: Actor = {
  kind: 'person',
  id: '0190a000-0000-7000-8000-000000000001',
  name: 'Ana Lyst',
  tenant: mainTenant,
  roles: ['analyst'],
};
export const colleague: Actor = { ...analyst, id: '0190a000-0000-7000-8000-000000000002', name: 'Cole Ague' };
