/** Backtests and explanations on real stores: what the stream engine would have found, counted. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvent, suspicious } from '../../test/support/events.ts';
import {
  openTestStores,
  startAt,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../test/support/pipeline.ts';
import { fakeClock } from '../base/clock.ts';
import { createRules } from '../features/detection/index.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import type { Actor } from '../model/actor.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { type BacktestDeps, backtest } from './backtest.ts';
import { paths } from './paths.ts';
import { explainOne } from './rule-trials.ts';

const day = 86_400_000;
const actor: Actor = { kind: 'system', id: 's', name: 's', tenant, roles: ['admin'] };
const rule = `title: Shells
id: shells
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\\powershell.exe'}
  filter: {User|contains: tester}
  condition: selection and not filter
`;
const filter = `title: No WS-9
id: no-ws-9
logsource: {product: windows}
filter:
  rules: [shells]
  host: {Computer|startswith: WS-9}
  condition: not host
`;
const correlation =
  'title: c\nid: c\ncorrelation:\n  type: event_count\n  rules: [shells]\n  group-by: [Computer]\n  timespan: 5m\n  condition: {gte: 2}\n';

let stores: TestStores;
let pipeline: TestPipeline;
let deps: BacktestDeps & Parameters<typeof explainOne>[0];
beforeAll(async () => {
  stores = await openTestStores();
  pipeline = await startTestPipeline(stores);
  const { records, events } = stores;
  const mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
  const clock = fakeClock(startAt);
  const rules = createRules({
    records,
    clock,
    mappings,
    filterReading: 'require',
    profiles: new Map(),
  });
  const files = [rule, filter, correlation].map((content, n) => ({ path: `${n}.yml`, content }));
  const report = await rules.load(actor, files, {
    state: 'alert',
    profile: '',
    pack: 'local',
    overwrite: false,
  });
  expect(report).toMatchObject({ added: 3, refused: [], warnings: [] });
  deps = { rules, events, contexts: pipeline.contexts, parsers, mappings, filterReading: 'require', clock };
  const at = (daysAgo: number, host: string, more: Readonly<Record<string, unknown>> = suspicious) =>
    processEvent(daysAgo, {
      TimeCreated: new Date(startAt - daysAgo * day - 1_000).toISOString(),
      Computer: host,
      ...more,
    });
  await pipeline.deliver(
    ndjson([
      at(0, 'WS-1'),
      at(0, 'ws-1'),
      at(0, 'WS-2'),
      at(3, 'WS-2'),
      at(40, 'WS-3'),
      at(1, 'WS-9'),
      at(1, 'WS-4', { ...suspicious, User: 'CORP\\tester' }),
      at(1, 'WS-4', {}),
    ]),
    'events',
  );
  await pipeline.caughtUp();
}, 120_000);
afterAll(async () => {
  await pipeline?.stop();
  await stores?.close();
}, 120_000);

const run = (query: Partial<Parameters<typeof backtest>[2]> = {}, signal = new AbortController().signal) =>
  backtest(deps, actor, { id: 'shells', days: 7, ...query }, signal);

describe('a backtest', () => {
  it('counts matches by day and by entity, filters in force included', async () => {
    const report = await run();
    expect(report).toMatchObject({
      title: 'Shells',
      matches: 4,
      alerts: 2,
      byDay: [
        { day: '2026-11-21', matches: 1 },
        { day: '2026-11-24', matches: 3 },
      ],
      byEntity: [
        { kind: 'host', name: 'ws-1', matches: 2 },
        { kind: 'host', name: 'ws-2', matches: 2 },
      ],
    });
    expect(report.samples).toHaveLength(4);
    // Columns decide all but one: a user is no column, and only its record has the word.
    expect(report).toMatchObject({ candidates: 1, counted: 4 });
  });

  it('looks back as far as it is told', async () => {
    expect((await run({ days: 1 })).matches).toBe(3);
    expect((await run({ days: 60 })).matches).toBe(5);
  });

  it('tries a document that is being written in place of the stored one', async () => {
    const report = await run({ source: rule.replace('and not filter', '') });
    expect(report.matches).toBe(5);
    await expect(run({ source: rule.replace('and not filter', 'and not filtr') })).rejects.toMatchObject({
      code: 'E_BAD_REQUEST',
      message: expect.stringContaining('line 7: not a valid condition: the selection filtr does not exist'),
    });
  });

  it('ends when nobody waits for it any more', async () => {
    await expect(run({}, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('puts the events of a correlation in order, over days and by group', async () => {
    expect(await run({ id: 'c' })).toMatchObject({
      title: 'c',
      matches: 1,
      alerts: 1,
      byEntity: [{ kind: 'group', name: 'Computer ws-1', matches: 1 }],
      samples: [{ host: expect.stringMatching(/ws-1/i) }],
    });
    const days = correlation.replace('timespan: 5m', 'timespan: 4d');
    expect((await run({ id: 'c', source: days })).byEntity.map(({ name }) => name)).toEqual([
      'Computer ws-1',
      'Computer ws-2',
    ]);
    const few = days.replace('gte: 2', 'eq: 2');
    expect((await run({ id: 'c', source: few })).matches).toBe(2);
  });

  it('tries new terms, learning included', async () => {
    const terms = `title: t\nid: t\nnew_terms:\n  rules: [shells]\n  fields: [Computer]\n  window: 30d\n  learning: 1d\n`;
    expect((await run({ id: 't', source: terms })).matches).toBe(1);
    expect((await run({ id: 't', source: terms, days: 60 })).matches).toBe(2);
  });

  it('refuses what is no rule, what refers to nothing, and what is not there', async () => {
    await expect(run({ id: 'no-ws-9' })).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
    await expect(run({ id: 'c', source: correlation.replace('shells', 'gone') })).rejects.toMatchObject({
      code: 'E_BAD_REQUEST',
      message: expect.stringContaining('the rule gone is not there'),
    });
    await expect(run({ id: 'gone' })).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });
});

describe('an explanation', () => {
  it('is of what looks at single events', async () => {
    await expect(explainOne(deps, actor, { id: 'no-ws-9', record: '{}' })).rejects.toMatchObject({
      code: 'E_BAD_REQUEST',
    });
  });

  it('is of a stored event, by the filters in force', async () => {
    const [sample] = (await run()).samples;
    const { explanation, rows } = await explainOne(deps, actor, {
      id: 'shells',
      eventId: sample?.eventId ?? '',
    });
    expect(explanation.matches).toBe(true);
    expect(
      rows.filter(({ kind }) => kind === 'selection').map(({ text, outcome }) => [text, outcome]),
    ).toEqual([
      ['selection', true],
      ['filter', false],
      ['host (filter No WS-9, no-ws-9)', false],
    ]);
  });

  it('is of a pasted record', async () => {
    const record = JSON.stringify(processEvent(1, { ...suspicious, User: 'tester' }));
    const { explanation } = await explainOne(deps, actor, { id: 'shells', record });
    expect(explanation).toMatchObject({ matches: false, logsource: { outcome: true } });
  });

  it.each([
    { why: 'neither event nor record', query: {}, code: 'E_BAD_REQUEST' },
    { why: 'an event that is not there', query: { eventId: 'f'.repeat(32) }, code: 'E_NOT_FOUND' },
    { why: 'a record that is no event', query: { record: '{"a":1}' }, code: 'E_BAD_REQUEST' },
  ])('is refused: $why', async ({ query, code }) => {
    await expect(explainOne(deps, actor, { id: 'shells', ...query })).rejects.toMatchObject({ code });
  });
});
