/** A seeded stream of deliveries with known matches, sent through kills, and what must be there after. */
import { setTimeout as pause } from 'node:timers/promises';
import { type ServiceProcess, startServiceProcess } from '../support/service.ts';

export interface Scenario {
  readonly seed: number;
  readonly deliveries: number;
  readonly recordsPerDelivery: number;
  readonly kills: number;
}

export interface Outcome {
  /** `rule host` → number of detections, then the event ids of its evidence in order. */
  readonly alerts: Readonly<Record<string, { detections: number; evidence: readonly string[] }>>;
  readonly rows: number;
  readonly kills: number;
  /** Deliveries that were sent again because their answer never came. */
  readonly resent: number;
}

/** mulberry32: small, seeded, good enough for a schedule. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Delivery n of a seed is always the same bytes. About one record in twenty matches the encoded-PowerShell rule. */
export function deliveryBody(scenario: Scenario, n: number): string {
  const next = random(scenario.seed * 100_003 + n);
  const lines = Array.from({ length: scenario.recordsPerDelivery }, (_, i) => {
    const suspicious = next() < 0.05;
    const host = `WS-${Math.floor(next() * 4)}.corp.example`;
    const command = suspicious
      ? 'powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAKQA='
      : `notepad.exe note-${n}-${i}.txt`;
    return JSON.stringify({
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Provider_Name: 'Microsoft-Windows-Sysmon',
      Computer: host,
      TimeCreated: new Date(
        Date.UTC(2026, 0, 5) + (n * scenario.recordsPerDelivery + i) * 1_000,
      ).toISOString(),
      Image: suspicious
        ? 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
        : 'C:\\Windows\\System32\\notepad.exe',
      CommandLine: command,
      ParentImage: 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE',
      User: 'CORP\\a.novak',
      ProcessId: 4_000 + i,
    });
  });
  return `${lines.join('\n')}\n`;
}

/** The starter rule that the suspicious events are made for; others may find them, too. */
export const encodedId = '3f941955-e023-4a6e-b04f-f19fdaaa8878';

/** Counts the matches of the starter rule for encoded PowerShell, which alerts by itself as well. */
export const burstId = '6f3d1c2a-0000-4000-8000-0000000000c1';
const burst = `title: Encoded PowerShell again and again
id: ${burstId}
level: high
generate: true
correlation:
  type: event_count
  rules: [${encodedId}]
  group-by: [Computer]
  timespan: 10m
  condition: {gte: 3}
`;

/** Sends every delivery until it is acknowledged, killing the service at seeded moments between and during them. */
export async function runScenario(data: string, scenario: Scenario): Promise<Outcome> {
  const next = random(scenario.seed);
  const killAt = new Set<number>();
  while (killAt.size < Math.min(scenario.kills, scenario.deliveries))
    killAt.add(Math.floor(next() * scenario.deliveries));
  let service = await startServiceProcess(data);
  let resent = 0;
  try {
    const { token } = await service.api<{ token: string }>('POST', '/sources', {
      id: 'stream',
      description: 'kill test',
    });
    await service.api('POST', '/rules', { files: [{ path: 'burst.yml', content: burst }], state: 'alert' });
    for (let n = 0; n < scenario.deliveries; n++) {
      const body = deliveryBody(scenario, n);
      if (killAt.has(n)) {
        const answered = send(service, token, n, body);
        await pause(next() * 60);
        await service.kill();
        const acknowledged = await answered;
        service = await startServiceProcess(data);
        if (acknowledged) continue;
        resent += 1;
      }
      if (!(await send(service, token, n, body)))
        throw new Error(`delivery ${n} was refused by a running service: ${service.stderr()}`);
    }
    await caughtUp(service);
    return { ...(await outcome(service)), kills: killAt.size, resent };
  } finally {
    await service.stop();
  }
}

/** True when acknowledged; false when the connection broke. */
async function send(service: ServiceProcess, token: string, n: number, body: string): Promise<boolean> {
  try {
    const response = await fetch(`${service.url}/intake/ndjson`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': `delivery-${n}` },
      body,
    });
    if (!response.ok) throw new Error(`delivery ${n}: ${response.status} ${await response.text()}`);
    await response.text();
    return true;
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}

async function caughtUp(service: ServiceProcess): Promise<void> {
  for (;;) {
    const { consumers } = await service.api<{ consumers: { lag: number }[] }>('GET', '/system/status');
    if (consumers.every((consumer) => consumer.lag === 0)) return;
    await pause(100);
  }
}

interface Listed {
  readonly id: string;
  readonly ruleId: string;
  readonly host: string;
  readonly detections: number;
}

async function outcome(service: ServiceProcess): Promise<Pick<Outcome, 'alerts' | 'rows'>> {
  const { items } = await service.api<{ items: Listed[] }>('GET', '/alerts?limit=500');
  const alerts: Record<string, { detections: number; evidence: string[] }> = {};
  for (const alert of items) {
    const { evidence } = await service.api<{ evidence: { eventId: string }[] }>('GET', `/alerts/${alert.id}`);
    const key = `${alert.ruleId} ${alert.host}`;
    if (alerts[key] !== undefined) throw new Error(`two alerts for ${key}`);
    alerts[key] = { detections: alert.detections, evidence: evidence.map((one) => one.eventId) };
  }
  const { events } = await service.api<{ events: { rows: number } }>('GET', '/system/status');
  return { alerts, rows: events.rows };
}
