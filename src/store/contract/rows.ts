/** Rows for the contract suites: complete, and different in what the test says. */
import type { NewRow } from '../schema.ts';

export const at = new Date('2026-03-01T10:20:30.123Z');

export function alertRow(id: string, over: Partial<NewRow<'alerts'>> = {}): NewRow<'alerts'> {
  return {
    tenant: 'main',
    id,
    group_key: `group of ${id}`,
    rule_id: 'rule-1',
    rule_hash: 'hash-1',
    rule_author: 'An Author',
    rule_license: null,
    rule_source: 'title: x',
    title: 'A title',
    severity: 'high',
    severity_rank: 3,
    status: 'new',
    verdict: null,
    host: 'HOST',
    user_name: 'user',
    source: 'import',
    tags: JSON.stringify(['attack.t1059']),
    owner_id: null,
    owner_name: null,
    detections: 1,
    first_event_at: at,
    last_event_at: at,
    created_at: at,
    updated_at: at,
    closed_at: null,
    ...over,
  };
}

export function evidenceRow(
  alertId: string,
  over: Partial<NewRow<'alert_evidence'>> = {},
): NewRow<'alert_evidence'> {
  return {
    tenant: 'main',
    alert_id: alertId,
    event_id: 'event-1',
    detection_id: 'detection-1',
    event_time: at,
    received_at: at,
    raw: Buffer.from('raw bytes'),
    sha256: '00',
    native: '{}',
    matched: '[]',
    rule_hash: 'hash-1',
    parser: 'sshd@1',
    ...over,
  };
}

export function auditRow(id: string): NewRow<'audit'> {
  return {
    tenant: 'main',
    id,
    at,
    actor_kind: 'person',
    actor_id: 'p1',
    actor_name: 'Ana',
    action: 'close',
    resource: 'alert',
    resource_id: 'a1',
    outcome: 'ok',
    details: JSON.stringify({ verdict: 'true_positive' }),
    peer: '127.0.0.1',
  };
}

export function outboxRow(type: string): NewRow<'outbox'> {
  return { tenant: 'main', at, type, payload: JSON.stringify({ a: 1 }), dispatched_at: null };
}
