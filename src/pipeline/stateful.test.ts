/** Correlations behind the consumer: on real stores, with the faults and restarts that a consumer has. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ndjson, processEvent } from '../../test/support/events.ts';
import {
  alertFacts,
  detectionIds,
  openTestStores,
  type PipelineFaults,
  startAt,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
} from '../../test/support/pipeline.ts';
import { fakeClock } from '../base/clock.ts';
import { exceptionSource } from '../features/detection/exceptions.ts';
import { detectCursor } from './detect-consumer.ts';

let stores: TestStores;
let pipeline: TestPipeline | null = null;
beforeAll(async () => {
  stores = await openTestStores();
}, 120_000);
afterEach(async () => {
  await pipeline?.stop();
  pipeline = null;
}, 120_000);
afterAll(() => stores?.close());
beforeEach(forget);

async function forget(): Promise<void> {
  const { db } = stores.records;
  for (const table of ['alert_evidence', 'alert_history', 'detections', 'alerts', 'outbox'] as const)
    await db.deleteFrom(table).execute();
}

/** The base rule is that of the test pipeline: PowerShell starts. */
const base = '6f3d1c2a-0000-4000-8000-000000000001';
const burst = `
title: Many shells of a user
id: 6f3d1c2a-0000-4000-8000-0000000000c1
level: high
correlation:
  type: event_count
  rules: [${base}]
  group-by: [User]
  timespan: 10m
  condition: {gte: 3}
`;
const first = `
title: A new shell for a user
id: 6f3d1c2a-0000-4000-8000-0000000000c2
new_terms:
  rules: [${base}]
  fields: [CommandLine]
  group-by: [User]
  window: 30d
  learning: 1m
`;
/** Another text is another rule: each run begins without memory. */
const rulesOf = (run: string): PipelineFaults => ({
  rules: [burst, first].map((text) => `${text}description: ${run}\n`),
});

const shell = (run: string, minute: number, more: Readonly<Record<string, unknown>> = {}) =>
  processEvent(minute, {
    TimeCreated: new Date(Date.UTC(2026, 10, 24, 6, minute)).toISOString(),
    Computer: `${run}-${minute % 3}`,
    User: `CORP\\${run}`,
    Image: 'C:\\Windows\\powershell.exe',
    CommandLine: `powershell ${run} ${minute % 4}`,
    ...more,
  });

async function facts(): Promise<readonly string[]> {
  const rows = await stores.records.db
    .selectFrom('detections')
    .select(['rule_id', 'seq', 'idx'])
    .orderBy('rule_id')
    .orderBy('seq')
    .orderBy('idx')
    .limit(10_000)
    .execute();
  return rows.map(({ rule_id, idx }) => `${rule_id.slice(-2)} ${idx}`);
}

/** Alerts as detections and pieces of evidence; those on several hosts have no order of their own. */
async function alertSizes(): Promise<readonly string[]> {
  const alerts = await alertFacts(stores.records);
  return alerts
    .map(({ host, detections, evidence }) => `${host.slice(1)} ${detections} ${evidence.length}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** Detections of a rule as `exception or '' → how often`. */
async function excepted(id: string): Promise<Readonly<Record<string, number>>> {
  const rows = await stores.records.db
    .selectFrom('detections')
    .select(['outcome'])
    .where('rule_id', '=', id)
    .execute();
  const counts: Record<string, number> = {};
  for (const { outcome } of rows) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

async function rewind(): Promise<void> {
  await stores.records.db.deleteFrom('cursors').where('name', '=', detectCursor).execute();
}

async function remembered() {
  const { db } = stores.records;
  const count = (table: 'correlation_log' | 'correlation_states') =>
    db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
  return {
    log: Number((await count('correlation_log')).n),
    states: Number((await count('correlation_states')).n),
  };
}

describe('stateful rules behind the consumer', { timeout: 120_000 }, () => {
  it.each([
    { fields: { User: 'corp\\exc' }, why: 'its group is' },
    { fields: { 'CommandLine|endswith': ' 2' }, why: 'the event that completed it is' },
  ])('an excepted match opens no alert, because $why', async ({ fields, why }) => {
    const source = exceptionSource('t', {}, fields);
    const exceptions = {
      [burst.split('id: ')[1]?.split('\n')[0] ?? '']: [{ id: 'e1', source, expiresAt: null }],
    };
    pipeline = await startTestPipeline(stores, { ...rulesOf(why), exceptions });
    // The second user's third shell is another command.
    const events = [0, 1, 2].flatMap((minute) => [shell('EXC', minute), shell('KEPT', minute + 3)]);
    await pipeline.deliver(ndjson(events), JSON.stringify(fields));
    await pipeline.caughtUp();
    expect(await excepted('6f3d1c2a-0000-4000-8000-0000000000c1')).toEqual({ alert: 1, excepted: 1 });
    const alerts = await stores.records.db
      .selectFrom('alerts')
      .select('user_name')
      .where('rule_id', '=', '6f3d1c2a-0000-4000-8000-0000000000c1')
      .execute();
    expect(alerts).toEqual([{ user_name: 'CORP\\KEPT' }]);
  });

  it('a correlation opens an alert on its group with the events it rests on; its rule alone opens none', async () => {
    pipeline = await startTestPipeline(stores, { rules: [burst] });
    await pipeline.deliver(ndjson([shell('ONE', 0), shell('ONE', 1)]), 'one a');
    await pipeline.caughtUp();
    expect(await facts()).toEqual([]);
    await pipeline.deliver(ndjson([shell('ONE', 5), shell('OTHER', 5)]), 'one b');
    await pipeline.caughtUp();
    expect(await facts()).toEqual(['c1 0']);
    const [alert, ...others] = await alertFacts(stores.records);
    expect(others).toEqual([]);
    // Three hosts: the alert is about none of them.
    expect(alert).toMatchObject({ host: '', detections: 1 });
    expect(alert?.evidence).toHaveLength(3);
    const { user_name } = await stores.records.db
      .selectFrom('alerts')
      .select('user_name')
      .executeTakeFirstOrThrow();
    expect(user_name).toBe('CORP\\ONE');
    const evidence = await stores.records.db.selectFrom('alert_evidence').selectAll().execute();
    for (const { matched, native, parser } of evidence) {
      expect(JSON.parse(matched)).toEqual([
        { selection: 'event_count', field: '', pattern: 'event_count gte 3 within 10m by User', value: '3' },
        { selection: 'group-by', field: 'User', pattern: '', value: 'corp\\one' },
      ]);
      expect(JSON.parse(native)).toMatchObject({ User: 'CORP\\ONE' });
      expect(parser).toMatch(/^windows-json@\d+$/);
    }
  });

  const bodies = (run: string): readonly string[] =>
    Array.from({ length: 10 }, (_, n) =>
      ndjson([shell(`${run}A`, 2 * n), shell(`${run}B`, 3 * n), shell(`${run}A`, 2 * n + 1)]),
    );

  it('comes to the same after a restart between any two batches, and when all is read again from the store', async () => {
    pipeline = await startTestPipeline(stores, rulesOf('R'));
    for (const [n, body] of bodies('R').entries()) await pipeline.deliver(body, `unbroken ${n}`);
    await pipeline.caughtUp();
    const unbroken = await facts();
    const alerts = await alertSizes();
    expect(unbroken.filter((one) => one.startsWith('c1')).length).toBeGreaterThan(5);
    expect(unbroken.filter((one) => one.startsWith('c2')).length).toBeGreaterThan(4);
    await pipeline.stop();

    await forget();
    for (const [n, body] of bodies('S').entries()) {
      pipeline = await startTestPipeline(stores, rulesOf('S'));
      await pipeline.deliver(body, `broken ${n}`);
      await pipeline.caughtUp();
      await pipeline.stop();
    }
    expect(await facts()).toEqual(unbroken);
    expect(await alertSizes()).toEqual(alerts);

    const ids = await detectionIds(stores.records);
    await rewind();
    pipeline = await startTestPipeline(stores, rulesOf('S'));
    await pipeline.caughtUp();
    // What is found again has the ids that it had: nothing of it is counted twice.
    expect(await detectionIds(stores.records)).toEqual(expect.arrayContaining(ids));
  });

  it('a transaction that fails is tried again with what was taken once', async () => {
    let failures = 0;
    pipeline = await startTestPipeline(stores, {
      ...rulesOf('F'),
      fold: (real) => async (tx, detections) => {
        const result = await real(tx, detections);
        failures += 1;
        if (failures <= 3) throw new Error('broken after the writes');
        return result;
      },
    });
    for (const [n, body] of bodies('F').entries()) await pipeline.deliver(body, `failing ${n}`);
    await pipeline.caughtUp();
    expect(failures).toBeGreaterThan(3);
    const failed = await facts();
    await pipeline.stop();
    await forget();
    pipeline = await startTestPipeline(stores, rulesOf('G'));
    for (const [n, body] of bodies('G').entries()) await pipeline.deliver(body, `not failing ${n}`);
    await pipeline.caughtUp();
    expect(failed).toEqual(await facts());
  });

  it('a window that breaks by too few is told when it is over, although nothing comes any more', async () => {
    const clock = fakeClock(startAt);
    const few = `${burst.replace('gte: 3', 'lt: 3').replace('00c1', '00c3')}description: few\n`;
    pipeline = await startTestPipeline(stores, { rules: [few], clock });
    await pipeline.deliver(ndjson([shell('FEW', 0), shell('FEW', 1)]), 'few');
    await pipeline.caughtUp();
    clock.advance(15 * 60_000);
    await pipeline.detect.tick();
    expect(await facts()).toEqual([]);
    clock.advance(2 * 60_000);
    await pipeline.detect.tick();
    expect(await facts()).toEqual(['c3 1']);
    const ids = await detectionIds(stores.records);
    await pipeline.detect.tick();

    // Nothing of it was written down but the alert: a restart finds the same again, and it is not counted twice.
    await pipeline.stop();
    pipeline = await startTestPipeline(stores, { rules: [few], clock });
    await pipeline.detect.tick();
    await pipeline.deliver(ndjson([shell('OTHER', 30)]), 'few, later');
    await pipeline.caughtUp();
    expect(await detectionIds(stores.records)).toEqual(ids);
  });

  it('what time has brought is told by the next commit when its own fails', async () => {
    const clock = fakeClock(startAt);
    const few = `${burst.replace('gte: 3', 'lt: 3').replace('00c1', '00c4')}description: fails\n`;
    let broken = 2;
    pipeline = await startTestPipeline(stores, {
      rules: [few],
      clock,
      fold: (real) => async (tx, detections) => {
        const result = await real(tx, detections);
        if (detections.length > 0 && broken-- > 0) throw new Error('broken after the writes');
        return result;
      },
    });
    await pipeline.deliver(ndjson([shell('FAILS', 0)]), 'few fails');
    await pipeline.caughtUp();
    // Beyond the clock of the tests before: time of receipt does not go back.
    clock.advance(60 * 60_000);
    await pipeline.detect.tick();
    expect(await facts()).toEqual(['c4 0']);
    expect(broken).toBe(-1);
  });

  it('a rule that changes begins anew, and the log before it is dropped', async () => {
    pipeline = await startTestPipeline(stores, rulesOf('CH'));
    await pipeline.deliver(ndjson([shell('CH', 0), shell('CH', 1)]), 'change a');
    await pipeline.caughtUp();
    expect((await remembered()).log).toBeGreaterThan(0);
    const changed = { rules: [burst.replace('gte: 3', 'gte: 2'), first] };
    await pipeline.stop();
    pipeline = await startTestPipeline(stores, changed);
    await pipeline.deliver(ndjson([shell('CH', 2)]), 'change b');
    await pipeline.caughtUp();
    expect((await facts()).filter((one) => one.startsWith('c1'))).toEqual([]);
    await pipeline.deliver(ndjson([shell('CH', 3)]), 'change c');
    await pipeline.caughtUp();
    expect((await facts()).filter((one) => one.startsWith('c1'))).toHaveLength(1);
  });

  it('a log that grows long is cut into states, from which a restart goes on', async () => {
    const often = { ...rulesOf('T'), mostLogRows: 2 };
    let cuts = 0;
    for (const [n, body] of bodies('T').entries()) {
      if (n % 4 === 0) {
        await pipeline?.stop();
        pipeline = await startTestPipeline(stores, often);
      }
      await pipeline?.deliver(body, `cut ${n}`);
      await pipeline?.caughtUp();
      const { log, states } = await remembered();
      if (log === 0 && states === 2) cuts += 1;
      expect(log).toBeLessThan(4);
    }
    expect(cuts).toBeGreaterThan(2);
    const cut = await facts();
    await pipeline?.stop();
    await forget();
    pipeline = await startTestPipeline(stores, rulesOf('U'));
    for (const [n, body] of bodies('U').entries()) await pipeline.deliver(body, `whole ${n}`);
    await pipeline.caughtUp();
    expect(cut).toEqual(await facts());
  });

  it('a rule that is turned off and on again has forgotten, after a restart as well', async () => {
    pipeline = await startTestPipeline(stores, rulesOf('OFF'));
    await pipeline.deliver(ndjson([shell('OFF', 0), shell('OFF', 1)]), 'off a');
    await pipeline.caughtUp();
    const held = pipeline.inForce.stateful;
    pipeline.stateful.setRules([]);
    pipeline.stateful.setRules(held);
    await pipeline.deliver(ndjson([shell('OFF', 2)]), 'off b');
    await pipeline.caughtUp();
    expect((await facts()).filter((one) => one.startsWith('c1'))).toEqual([]);
    await pipeline.stop();
    pipeline = await startTestPipeline(stores, rulesOf('OFF'));
    await pipeline.deliver(ndjson([shell('OFF', 3)]), 'off c');
    await pipeline.caughtUp();
    expect((await facts()).filter((one) => one.startsWith('c1'))).toEqual([]);
    await pipeline.deliver(ndjson([shell('OFF', 4)]), 'off d');
    await pipeline.caughtUp();
    expect((await facts()).filter((one) => one.startsWith('c1'))).toHaveLength(1);
  });
});
