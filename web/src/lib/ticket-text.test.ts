/** Ticket text: what another team reads. */
import { expect, test } from 'vitest';
import { alertTicket, incidentTicket } from './ticket-text.ts';
import type { AlertDetail, IncidentDetail } from './types.ts';

const common = {
  id: 'a',
  title: 'Beacon to http://evil.example/a',
  description: '',
  severity: 'high' as const,
  priority: 71,
  priorityReasons: [
    { factor: 'severity' as const, points: 65, text: 'rule says high' },
    { factor: 'rarity' as const, points: 6, text: 'first time on this host' },
  ],
  status: 'closed' as const,
  waiting: null,
  verdict: 'true_positive' as const,
  ownerId: null,
  ownerName: null,
  firstEventAt: '2020-05-02T02:55:56.000Z',
  lastEventAt: '2020-05-02T02:55:56.000Z',
  createdAt: '2020-05-02T03:00:00.000Z',
  updatedAt: '2020-05-02T03:00:00.000Z',
  acknowledgedAt: null,
  closedAt: null,
  version: 3,
};

const alert: AlertDetail = {
  ...common,
  key: 'ALR-7',
  kind: 'rule',
  ruleId: 'r-1',
  ruleAuthor: '',
  host: 'WS-17',
  user: '',
  entity: { kind: 'host', id: 'ws-17' },
  tags: ['attack.t1071.001'],
  source: 'proxy',
  vendor: null,
  incident: { id: 'i', key: 'INC-2' },
  predecessor: null,
  detections: 2,
  rule: {
    id: 'r-1',
    hash: '',
    title: 'Beacon',
    author: '',
    license: null,
    description: '',
    condition: 'selection',
    source: '',
    references: [],
    falsepositives: [],
  },
  evidence: [
    {
      eventId: 'e',
      time: '2020-05-02T02:55:56.000Z',
      receivedAt: '2020-05-02T02:55:56.000Z',
      raw: '',
      sha256: '',
      native: {},
      matched: [{ selection: 's', field: 'url', pattern: '*', value: 'http://203.0.113.9/x\u202e' }],
      ruleHash: '',
      parser: '',
    },
  ],
  history: [],
};

test('values are defanged and hidden characters named, our own address stays one that opens', () => {
  const text = alertTicket(alert, null, 'http://watchfloor.example/alerts/ALR-7');
  expect(text.split('\n').slice(0, 2)).toEqual([
    'ALR-7 Beacon to hxxp://evil[.]example/a',
    'http://watchfloor.example/alerts/ALR-7',
  ]);
  expect(text).toContain('  url: hxxp://203[.]0[.]113[.]9/xU+202E');
  expect(text).toContain('Priority 71: rule says high (65), first time on this host (+6)');
  expect(text).toContain('Status: Closed as true positive, unowned');
  expect(text).toContain('Incident: INC-2');
  // What is not known takes no line.
  expect(text).not.toContain('User:');
});

test('an incident lists its alerts by time', () => {
  const incident: IncidentDetail = {
    ...common,
    key: 'INC-2',
    origin: 'automatic',
    reason: '2 rules on WS-17 within 1 min',
    entities: [{ kind: 'host', id: 'ws-17' }],
    alerts: 1,
    members: [alert],
    history: [],
  };
  const text = incidentTicket(incident, 'http://watchfloor.example/incidents/INC-2');
  expect(text).toContain('2 rules on WS-17 within 1 min');
  expect(text).toContain(
    '  2020-05-02 02:55:56.000 UTC  ALR-7  High  Beacon to hxxp://evil[.]example/a  WS-17',
  );
});
