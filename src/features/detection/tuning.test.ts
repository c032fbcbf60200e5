import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import { parseMappings } from '../../lang/sigma/index.ts';
import type { Actor } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';
import { countLogsources } from './coverage.ts';
import { unifiedDiff } from './diff.ts';
import { type ProfiledRule, parseProfile, stateByProfile } from './profile.ts';
import { createRules } from './rules.ts';
import type { LoadOptions, RuleFile, RulesService } from './types.ts';

const content = new URL('../../../content/', import.meta.url);
const mappings = parseMappings(readFileSync(new URL('mappings/windows.yml', content), 'utf8'));
const profile = parseProfile(readFileSync(new URL('profiles/default.yml', content), 'utf8'));
const startAt = Date.UTC(2026, 10, 25, 8);
const store = testRecords();
let records: Records;
let rules: RulesService;
let clock: FakeClock;
let engineer: Actor;

beforeEach(() => {
  ({ records } = store);
  engineer = {
    kind: 'person',
    id: 'e',
    name: 'Engi',
    tenant: store.tenant,
    roles: ['engineer'],
  };
  clock = fakeClock(startAt);
  rules = createRules({
    records,
    clock,
    mappings,
    filterReading: 'require',
    profiles: new Map([['default', profile]]),
  });
});

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const yamlOf = (
  n: number,
  title = `Rule ${n}`,
  level = 'high',
  logsource = 'product: windows, service: security',
) =>
  `title: ${title}\nid: ${idOf(n)}\nstatus: test\nlogsource: {${logsource}}\ndetection:\n  chosen:\n    EventID: ${n}\n  condition: chosen\nlevel: ${level}\n`;
const fileOf = (n: number, title?: string, level?: string): RuleFile => ({
  path: `rules/${n}.yml`,
  content: yamlOf(n, title, level),
});
const pack = (change: Partial<LoadOptions> = {}): LoadOptions => ({
  state: 'profile',
  profile: 'default',
  pack: 'acme',
  overwrite: false,
  ...change,
});

describe('the default profile', () => {
  const rule: ProfiledRule = { status: 'test', severity: 'high', path: 'rules/windows/x.yml', tags: [] };
  const cases: { change: Partial<ProfiledRule>; pack?: string; state: string; why: string }[] = [
    { change: {}, state: 'alert', why: 'high and tested alerts' },
    { change: { status: 'stable', severity: 'critical' }, state: 'alert', why: 'critical and stable alerts' },
    { change: { status: '' }, state: 'alert', why: 'a high rule without a status alerts' },
    { change: { severity: 'medium' }, state: 'observe', why: 'medium is observed' },
    { change: { severity: 'medium', tags: ['attack.T1003.006'] }, state: 'alert', why: 'but for DCSync' },
    { change: { severity: 'informational' }, state: 'observe', why: '"user logoff" opens nothing' },
    {
      change: { status: 'experimental', severity: 'critical' },
      state: 'observe',
      why: 'experimental rules prove themselves first',
    },
    { change: { status: 'deprecated' }, state: 'off', why: 'deprecated rules are off' },
    { change: { status: 'unsupported' }, state: 'off', why: 'unsupported ones too' },
    {
      change: { path: 'Rules-Threat-Hunting/x.yml', severity: 'critical' },
      state: 'observe',
      why: 'hunting rules never alert, by their folder',
    },
    { change: { tags: ['detection.threat-hunting'] }, state: 'observe', why: 'or by their tag' },
    {
      change: { tags: ['detection.threat-hunting'] },
      pack: 'local',
      state: 'observe',
      why: 'even one that was loaded by itself',
    },
    {
      change: { severity: 'low', status: 'experimental' },
      pack: 'local',
      state: 'alert',
      why: 'a rule that you chose alerts',
    },
  ];
  it.each(cases)('$why', ({ change, pack: name = 'acme', state }) => {
    expect(stateByProfile(profile, { ...rule, ...change }, name)).toBe(state);
  });
});

describe('packs', () => {
  it('a plan says what a load would do, with the differences, and changes nothing', async () => {
    await rules.load(engineer, [fileOf(1), fileOf(2)], pack());
    const plan = await rules.plan(
      engineer,
      [fileOf(1, 'Better'), fileOf(2), fileOf(3, 'New', 'medium')],
      pack(),
    );
    expect(plan).toMatchObject({ added: 1, changed: 1, unchanged: 1, kept: 0 });
    expect(plan.rules).toMatchObject([
      {
        id: idOf(1),
        change: 'changed',
        title: 'Better',
        diff: expect.stringContaining('-title: Rule 1\n+title: Better'),
      },
      { id: idOf(3), change: 'added', state: 'observe' },
    ]);
    expect((await rules.get(engineer, idOf(1))).title).toBe('Rule 1');
    expect((await rules.list(engineer, { limit: 10 })).total).toBe(2);
  });

  it('an update keeps states, exceptions and what was edited here', async () => {
    await rules.load(engineer, [fileOf(1), fileOf(2)], pack());
    const edited = await rules.edit(engineer, idOf(1), 1, yamlOf(1, 'Ours'));
    expect(edited).toMatchObject({ title: 'Ours', edited: true, pack: 'acme' });
    await rules.setState(engineer, idOf(2), 1, 'observe');
    await rules.addException(engineer, idOf(2), {
      fields: { EventID: 2 },
      reason: 'r',
      ownerId: 'e',
      ownerName: 'Engi',
      expiresAt: null,
    });
    const report = await rules.load(engineer, [fileOf(1, 'Theirs'), fileOf(2, 'Theirs too')], pack());
    expect(report).toMatchObject({ changed: 1, kept: 1 });
    expect(await rules.get(engineer, idOf(1))).toMatchObject({ title: 'Ours', edited: true });
    expect(await rules.get(engineer, idOf(2))).toMatchObject({ title: 'Theirs too', state: 'observe' });
    expect((await rules.activity(engineer, idOf(2), 1)).exceptions).toHaveLength(1);
    // The same text of the pack once more is no news.
    expect(await rules.load(engineer, [fileOf(1, 'Theirs')], pack())).toMatchObject({
      kept: 0,
      unchanged: 1,
    });
    const over = await rules.load(engineer, [fileOf(1, 'Theirs')], pack({ overwrite: true }));
    expect(over).toMatchObject({ changed: 1 });
    expect(await rules.get(engineer, idOf(1))).toMatchObject({ title: 'Theirs', edited: false });
  });

  it('a rule of a pack that is loaded by itself is an edit; its own text again ends that', async () => {
    await rules.load(engineer, [fileOf(1)], pack());
    await rules.load(engineer, [fileOf(1, 'Mine')], pack({ pack: 'local' }));
    expect(await rules.get(engineer, idOf(1))).toMatchObject({ title: 'Mine', pack: 'acme', edited: true });
    await rules.load(engineer, [fileOf(1)], pack({ pack: 'local' }));
    expect(await rules.get(engineer, idOf(1))).toMatchObject({
      title: 'Rule 1',
      pack: 'acme',
      edited: false,
    });
  });

  it('pruning removes what a pack no longer holds, but nothing that was edited and nothing of others', async () => {
    await rules.load(engineer, [fileOf(1), fileOf(2), fileOf(3)], pack());
    await rules.load(engineer, [fileOf(4)], pack({ pack: 'other' }));
    await rules.edit(engineer, idOf(3), 1, yamlOf(3, 'Ours'));
    const options = { dryRun: true, overwrite: false };
    expect(await rules.prune(engineer, 'acme', [idOf(1)], options)).toMatchObject({
      removed: 1,
      kept: 1,
      rules: [
        { id: idOf(2), change: 'removed' },
        { id: idOf(3), change: 'kept', note: 'edited here' },
      ],
    });
    expect((await rules.list(engineer, { limit: 10 })).total).toBe(4);
    await rules.prune(engineer, 'acme', [idOf(1)], { ...options, dryRun: false });
    const left = await rules.list(engineer, { limit: 10 });
    expect(left.items.map((rule) => rule.id).sort()).toEqual([idOf(1), idOf(3), idOf(4)]);
    expect(await rules.packs(engineer)).toMatchObject([
      { name: 'acme', rules: 2, edited: 1, states: { off: 0, observe: 0, alert: 2 } },
      { name: 'other', rules: 1 },
    ]);
  });

  it('an unknown profile is refused with the names of those that are', async () => {
    const error = await refusalOf(rules.load(engineer, [fileOf(1)], pack({ profile: 'loud' })));
    expect(error.message).toContain('default');
  });

  it('an edit has to be the same rule, and to compile, with the line of what is wrong', async () => {
    await rules.load(engineer, [fileOf(1)], pack());
    expect((await refusalOf(rules.edit(engineer, idOf(1), 1, yamlOf(2)))).message).toContain(idOf(2));
    const broken = yamlOf(1).replace('condition: chosen', 'condition: missing');
    expect((await refusalOf(rules.edit(engineer, idOf(1), 1, broken))).message).toMatch(
      /^line \d+: .*missing/,
    );
    expect((await refusalOf(rules.edit(engineer, idOf(1), 9, yamlOf(1, 'x')))).code).toBe('E_CONFLICT');
  });

  it('a rule tells what happened to it', async () => {
    await rules.load(engineer, [fileOf(1)], pack());
    await rules.setState(engineer, idOf(1), 1, 'off');
    await rules.load(engineer, [fileOf(1, 'Newer')], pack());
    const { history, days, openAlerts } = await rules.activity(engineer, idOf(1), 7);
    expect(history.map((entry) => entry.kind).sort()).toEqual(['changed', 'loaded', 'state_changed']);
    expect(days.map((day) => day.day)).toHaveLength(7);
    expect(days.at(-1)).toEqual({ day: '2026-11-25', detections: 0, observed: 0, excepted: 0, flooded: 0 });
    expect(openAlerts).toBe(0);
  });
});

describe('exceptions', () => {
  beforeEach(() => rules.load(engineer, [fileOf(1)], pack()).then(() => undefined));
  const exception = { reason: 'the backup', ownerId: 'e', ownerName: 'Engi', expiresAt: null };

  it('go to the pipeline with their rule, and change its revision', async () => {
    const before = await rules.active(engineer.tenant);
    const expiresAt = startAt + 1_000;
    const added = await rules.addException(engineer, idOf(1), {
      ...exception,
      fields: { 'CommandLine|contains': ['backup', 'restore'] },
      expiresAt,
    });
    const after = await rules.active(engineer.tenant);
    expect(after.revision).not.toBe(before.revision);
    expect(after.rules[0]?.exceptions).toMatchObject([
      { id: added.id, expiresAt, source: expect.stringContaining('CommandLine|contains') },
    ]);
    await rules.removeException(engineer, idOf(1), added.id);
    expect((await rules.active(engineer.tenant)).revision).toBe(before.revision);
    expect((await refusalOf(rules.removeException(engineer, idOf(1), added.id))).code).toBe('E_NOT_FOUND');
  });

  it.each([
    { fields: {}, says: 'without conditions', why: 'nothing would be everything' },
    { fields: { 'EventID|nonsense': 1 }, says: 'nonsense', why: 'a modifier that does not exist' },
    { fields: { 'CommandLine|re': '(' }, says: 'fields:', why: 'an expression that is broken' },
  ])('refuses: $why', async ({ fields, says }) => {
    const error = await refusalOf(rules.addException(engineer, idOf(1), { ...exception, fields }));
    expect(error.code).toBe('E_BAD_REQUEST');
    expect(error.message).toContain(says);
  });

  it('of a correlation take its group-by without regard to case, and a filter takes none', async () => {
    const correlation = `title: Many\nid: ${idOf(7)}\ncorrelation:\n  type: event_count\n  rules: [${idOf(1)}]\n  group-by: [User]\n  timespan: 5m\n  condition: {gte: 3}\n`;
    const filter = `title: Not us\nid: ${idOf(8)}\nlogsource: {product: windows, service: security}\nfilter:\n  rules: [${idOf(1)}]\n  ours: {User: us}\n  condition: not ours\n`;
    await rules.load(
      engineer,
      [
        { path: 'rules/7.yml', content: correlation },
        { path: 'rules/8.yml', content: filter },
      ],
      pack(),
    );
    const add = (n: number, fields: Readonly<Record<string, string>>) =>
      rules.addException(engineer, idOf(n), { ...exception, fields });
    await add(7, { 'User|startswith': 'svc-', 'CommandLine|cased': 'Backup' });
    expect((await refusalOf(add(7, { 'User|cased': 'SVC' }))).message).toContain('without regard to case');
    expect((await refusalOf(add(7, { 'User|re': '^SVC' }))).message).toContain('re|i');
    await add(7, { 'User|re|i': '^SVC' });
    expect((await refusalOf(add(8, { User: 'us' }))).message).toContain('a filter');
    const active = await rules.active(engineer.tenant);
    expect(active.rules.find(({ id }) => id === idOf(7))?.exceptions).toHaveLength(2);
  });

  it('refuses an end that is over, and a rule that is not there', async () => {
    const fields = { EventID: 1 };
    expect(
      (await refusalOf(rules.addException(engineer, idOf(1), { ...exception, fields, expiresAt: startAt })))
        .message,
    ).toContain('future');
    expect((await refusalOf(rules.addException(engineer, idOf(9), { ...exception, fields }))).code).toBe(
      'E_NOT_FOUND',
    );
  });
});

describe('coverage', () => {
  const seen = (services: string, categories: string, events = 5) =>
    records.transaction((tx) =>
      countLogsources(tx, [
        {
          tenant: engineer.tenant,
          receivedAt: startAt,
          logsources: [{ product: 'windows', services, categories, events }],
        },
      ]),
    );

  it('says nothing before anything was counted, because everything would look dead', async () => {
    await rules.load(engineer, [fileOf(1)], pack());
    expect(await rules.coverage(engineer)).toEqual({ fromDay: null, neverFire: [], withoutRules: [] });
    expect((await rules.activity(engineer, idOf(1), 1)).logsourceSeen).toBeNull();
  });

  it('lists rules whose logsource was never seen, and logsources that no rule looks at', async () => {
    const linux = { path: 'l.yml', content: yamlOf(2, 'Linux', 'high', 'product: linux') };
    const broad = { path: 'b.yml', content: yamlOf(3, 'Broad', 'high', 'category: process_creation') };
    await rules.load(engineer, [fileOf(1), linux, broad], pack());
    await seen('security', 'process_creation');
    await seen('security', 'process_creation', 7);
    await seen('dns-server', '');
    const coverage = await rules.coverage(engineer);
    expect(coverage.neverFire).toEqual([
      { logsource: { product: 'linux' }, rules: 1, examples: [{ id: idOf(2), title: 'Linux' }] },
    ]);
    expect(coverage.withoutRules).toEqual([
      {
        product: 'windows',
        services: ['dns-server'],
        categories: [],
        events: 5,
        lastDay: '2026-11-25',
        query: 'product: "windows" and channel: "dns server"',
      },
    ]);
    expect((await rules.activity(engineer, idOf(1), 1)).logsourceSeen).toBe(true);
    expect((await rules.activity(engineer, idOf(2), 1)).logsourceSeen).toBe(false);
  });
});

describe('differences', () => {
  it('shows what changed with three lines around, and where', () => {
    const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n');
    expect(unifiedDiff(before, before.replace('e', 'E'))).toBe('@@ -2 +2 @@\n b\n c\n d\n-e\n+E\n f\n g\n h');
    expect(unifiedDiff(before, before)).toBe('');
    expect(unifiedDiff('', 'x')).toContain('+x');
  });

  it('gives up on texts that would take long, and says so', () => {
    expect(unifiedDiff('a\n'.repeat(3_000), 'b')).toContain('too long');
  });
});
