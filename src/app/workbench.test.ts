/** Trials and evidence on real stores: what a rule that is being written does with events at hand. */
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
import { createRules, type RulesService } from '../features/detection/index.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import type { Actor } from '../model/actor.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { type BacktestDeps, backtestSteps } from './backtest.ts';
import { paths } from './paths.ts';
import { type EvidenceDeps, keepEvidence, testAll, testEvidence } from './rule-evidence.ts';
import { tryRule } from './rule-tries.ts';
import { logsourceFields, ruleVocabulary, type VocabularyDeps } from './rule-vocabulary.ts';

const actor: Actor = { kind: 'person', id: 'p', name: 'Engi', tenant, roles: ['engineer'] };
const rule = `title: Shells
id: shells
logsource: {category: process_creation, product: windows}
detection:
  selection: {Image|endswith: '\\powershell.exe'}
  filter: {User|contains: tester}
  condition: selection and not filter
`;
const count = `title: Many shells
id: many-shells
correlation:
  type: event_count
  rules: [shells]
  group-by: [Computer]
  timespan: 5m
  condition: {gte: 2}
`;
const evidenceFile = `positive:
  - why: the plain case
    event: {Image: 'C:\\powershell.exe'}
near_miss:
  - why: a tester
    event: {Image: 'C:\\powershell.exe', User: tester}
`;

let stores: TestStores;
let pipeline: TestPipeline;
let rules: RulesService;
let deps: EvidenceDeps &
  BacktestDeps &
  VocabularyDeps & {
    readonly clock: ReturnType<typeof fakeClock>;
    readonly events: TestStores['events'];
  };

beforeAll(async () => {
  stores = await openTestStores();
  pipeline = await startTestPipeline(stores);
  const { records, events } = stores;
  const mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
  const clock = fakeClock(startAt);
  rules = createRules({ records, clock, mappings, filterReading: 'require', profiles: new Map() });
  const files = [
    { path: 'p/shells.yml', content: rule },
    { path: 'p/shells.evidence.yml', content: evidenceFile },
    { path: 'p/many.yml', content: count },
  ];
  const options = { state: 'alert', profile: '', pack: 'p', overwrite: false } as const;
  const report = await rules.load(actor, files, options);
  expect(report).toMatchObject({ added: 2, refused: [], warnings: [] });
  deps = { rules, events, contexts: pipeline.contexts, parsers, mappings, filterReading: 'require', clock };
  const at = (secondsAgo: number, host: string) =>
    processEvent(secondsAgo, {
      TimeCreated: new Date(startAt - secondsAgo * 1_000).toISOString(),
      Computer: host,
      ...suspicious,
    });
  await pipeline.deliver(ndjson([at(10, 'ws-1'), at(20, 'ws-1'), at(30, 'ws-2')]), 'events');
  await pipeline.caughtUp();
}, 120_000);
afterAll(async () => {
  await pipeline?.stop();
  await stores?.close();
}, 120_000);

const powershell = processEvent(1, suspicious);
const other = {
  ...powershell,
  Image: 'C:\\Windows\\notepad.exe',
  NewProcessName: 'C:\\Windows\\notepad.exe',
};

describe('a trial', () => {
  it('says of each pasted record whether it matches, and which part decides', async () => {
    const records = [powershell, other].map((one) => JSON.stringify(one)).join('\n');
    const { kind, subjects } = await tryRule(deps, actor, { id: 'shells', records });
    expect(kind).toBe('single');
    expect(subjects.map(({ matches, problem }) => [matches, problem])).toEqual([
      [true, null],
      [false, null],
    ]);
    const deciding = subjects[1]?.explanations[0]?.rows.filter((row) => row.decides && row.kind === 'item');
    expect(deciding).toMatchObject([{ text: 'Image|endswith', outcome: false, line: 5 }]);
  });

  it('takes a document over several lines, a list, XML and a line that nobody knows', async () => {
    const tried = async (records: string) =>
      (await tryRule(deps, actor, { id: null, source: rule, records })).subjects.map(
        ({ matches, problem, assumed }) => [matches, problem, assumed],
      );
    expect(await tried(JSON.stringify(powershell, null, 2))).toEqual([[true, null, false]]);
    expect(await tried(JSON.stringify([powershell, other]))).toEqual([
      [true, null, false],
      [false, null, false],
    ]);
    expect(await tried('{"Image": "C:\\\\powershell.exe"}')).toEqual([[true, null, true]]);
    expect(await tried('{"Image": ')).toEqual([[false, expect.stringContaining('JSON'), false]]);
    const xml = `<Event><System><Provider Name="Microsoft-Windows-Sysmon"/><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-1</Computer></System><EventData><Data Name="Image">C:\\powershell.exe</Data></EventData></Event>`;
    expect(await tried(xml)).toEqual([[true, null, false]]);
    expect(await tried('')).toEqual([]);
  });

  it('runs a correlation over the events in the order of their time, and says what it rests on', async () => {
    const times = ['2026-11-24T08:02:00.000Z', '2026-11-24T08:00:00.000Z', '2026-11-24T08:20:00.000Z'];
    const records = times
      .map((TimeCreated) => JSON.stringify({ ...powershell, TimeCreated, Computer: 'ws-1' }))
      .join('\n');
    const { kind, notes, subjects } = await tryRule(deps, actor, { id: 'many-shells', records });
    expect(kind).toBe('many');
    expect(notes).toHaveLength(1);
    expect(subjects.map(({ matches, feeds }) => [matches, feeds])).toEqual([
      [true, true],
      [false, true],
      [false, true],
    ]);
    expect(subjects[0]?.completes).toEqual([{ group: 'Computer ws-1', value: 2, subjects: [1, 0] }]);
  });

  it('takes stored events by their ids, and refuses those that are not there', async () => {
    const stored: string[] = [];
    for await (const event of stores.events.search({ tenant, limit: 10 })) stored.push(event.event_id);
    const { subjects } = await tryRule(deps, actor, { id: 'shells', eventIds: stored });
    expect(subjects.map(({ matches, eventId }) => [matches, eventId])).toEqual(
      stored.map((id) => [true, id]),
    );
    await expect(tryRule(deps, actor, { id: 'shells', eventIds: ['f'.repeat(32)] })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });

  it('refuses more than can be looked at, and a text that is no rule', async () => {
    const many = Array.from({ length: 201 }, () => '{"a":1}').join('\n');
    await expect(tryRule(deps, actor, { id: 'shells', records: many })).rejects.toMatchObject({
      code: 'E_BAD_REQUEST',
    });
    await expect(tryRule(deps, actor, { id: null, source: 'a: [', records: '' })).rejects.toMatchObject({
      code: 'E_BAD_REQUEST',
    });
  });
});

describe('evidence', () => {
  it('comes with the rule of its name, and is run on a text that is being written', async () => {
    const stored = await testEvidence(deps, actor, 'shells');
    expect(
      stored.items.map(({ expect: wanted, why, passes, origin }) => [wanted, why, passes, origin]),
    ).toEqual([
      ['match', 'the plain case', true, 'pack'],
      ['miss', 'a tester', true, 'pack'],
    ]);
    const draft = await testEvidence(deps, actor, 'shells', rule.replace(' and not filter', ''));
    expect(draft.items.map(({ passes }) => passes)).toEqual([true, false]);
    expect(await testEvidence(deps, actor, 'many-shells')).toEqual({ kind: 'many', items: [] });
  });

  it('is kept from a trial, outlives the next load, and fails aloud', async () => {
    const record = JSON.stringify(other);
    const kept = await keepEvidence(deps, actor, {
      id: 'shells',
      expect: 'match',
      why: 'wrong on purpose',
      record,
    });
    expect(kept).toMatchObject({ origin: 'person', ruleVersion: 1, addedBy: 'Engi' });
    const options = { state: 'alert', profile: '', pack: 'p', overwrite: false } as const;
    const next = evidenceFile.replace('the plain case', 'still plain');
    await rules.load(
      actor,
      [
        { path: 'p/shells.yml', content: rule },
        { path: 'p/shells.evidence.yml', content: next },
      ],
      options,
    );
    expect((await rules.evidence(actor, 'shells')).map(({ why }) => why)).toEqual([
      'wrong on purpose',
      'still plain',
      'a tester',
    ]);
    expect(await testAll(deps, actor, undefined)).toEqual({
      rules: 1,
      evidence: 3,
      failed: [{ ruleId: 'shells', title: 'Shells', expect: 'match', why: 'wrong on purpose' }],
    });
    await rules.removeEvidence(actor, 'shells', kept.id);
    expect((await testAll(deps, actor, ['shells'])).failed).toEqual([]);
    await expect(rules.removeEvidence(actor, 'shells', kept.id)).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });

  it('that is written wrong is refused with its file, and its rule is loaded', async () => {
    const options = { state: 'off', profile: '', pack: 'q', overwrite: false } as const;
    const report = await rules.load(
      actor,
      [
        { path: 'q/a.yml', content: rule.replace('id: shells', 'id: other-shells') },
        { path: 'q/a.evidence.yml', content: 'positive:\n  - event: 3\n' },
      ],
      options,
    );
    expect(report).toMatchObject({ added: 1, refused: [{ file: 'q/a.evidence.yml' }] });
  });
});

it('evidence of a rule that was removed is not run', async () => {
  const options = { state: 'off', profile: '', pack: 'gone', overwrite: false } as const;
  const files = [
    { path: 'g/g.yml', content: rule.replace('id: shells', 'id: gone') },
    { path: 'g/g.evidence.yml', content: evidenceFile },
  ];
  await rules.load(actor, files, options);
  expect((await testAll(deps, actor, undefined)).rules).toBe(2);
  await rules.prune(actor, 'gone', [], { dryRun: false, overwrite: false });
  expect((await testAll(deps, actor, undefined)).rules).toBe(1);
});

it('a backtest says how far it is, passes over days without events, and ends with the report', async () => {
  const steps = [];
  const query = { id: 'shells', days: 30 };
  for await (const step of backtestSteps(deps, actor, query, new AbortController().signal)) steps.push(step);
  expect(steps.at(-1)).toMatchObject({ type: 'done', report: { matches: 3, alerts: 2 } });
  const progress = steps.slice(0, -1);
  expect(progress.length).toBeGreaterThan(0);
  expect(progress.length).toBeLessThan(4);
  expect(progress[0]).toMatchObject({ type: 'progress', ofDays: 30 });
});

describe('words', () => {
  it('hold what the mappings know and what came in', async () => {
    const { logsources, modifiers, keys } = await ruleVocabulary(deps, actor);
    expect(
      logsources.some(({ category, rules: looking }) => category === 'process_creation' && looking > 0),
    ).toBe(true);
    expect(logsources).toContainEqual({
      product: 'windows',
      service: 'applocker',
      category: '',
      events: 0,
      rules: 0,
    });
    expect(modifiers.length).toBeGreaterThan(20);
    expect((keys[''] ?? []).map(({ name }) => name)).toContain('logsource');
  });

  it('fields are those of the events that the logsource sees', async () => {
    const { signal } = new AbortController();
    const seen = await logsourceFields(
      deps,
      actor,
      { product: 'windows', category: 'process_creation' },
      signal,
    );
    expect(seen.sampled).toBe(3);
    expect(seen.fields.find(({ name }) => name === 'Image')).toMatchObject({ count: 3 });
    expect((await logsourceFields(deps, actor, { product: 'linux' }, signal)).sampled).toBe(0);
  });
});
