import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import { sha256Hex } from '../../base/ids.ts';
import { parseMappings } from '../../lang/sigma/index.ts';
import type { Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { Records } from '../../store/records.ts';
import { parseProfile } from './profile.ts';
import { createRules } from './rules.ts';
import type { LoadOptions, RuleFile, RulesService } from './types.ts';

const mappings = parseMappings(
  readFileSync(new URL('../../../content/mappings/windows.yml', import.meta.url), 'utf8'),
);
const startAt = Date.UTC(2026, 10, 24, 8);

const store = testRecords();
let records: Records;
let rules: RulesService;
let clock: FakeClock;
let engineer: Actor;

beforeEach(() => {
  ({ records } = store);
  const tenant = store.tenant;
  engineer = { kind: 'person', id: 'p1', name: 'Engi Neer', tenant, roles: ['engineer'] };
  clock = fakeClock(startAt);
  rules = createRules({ records, clock, mappings, filterReading: 'require', profiles });
});

const profiles = new Map([
  [
    'default',
    parseProfile(readFileSync(new URL('../../../content/profiles/default.yml', import.meta.url), 'utf8')),
  ],
]);
const options = (state: LoadOptions['state'], change: Partial<LoadOptions> = {}): LoadOptions => ({
  state,
  profile: 'default',
  pack: 'local',
  overwrite: false,
  ...change,
});

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const yamlOf = (
  n: number,
  change: { title?: string; event?: number; condition?: string } = {},
) => `title: ${change.title ?? `Rule ${n}`}
id: ${idOf(n)}
description: What rule ${n} means.
author: Someone
license: DRL-1.1
tags:
  - attack.execution
references:
  - https://example.com/${n}
falsepositives:
  - Tests
logsource:
  product: windows
  service: security
detection:
  chosen:
    EventID: ${change.event ?? n}
  condition: ${change.condition ?? 'chosen'}
level: high
`;
const fileOf = (n: number, change = {}): RuleFile => ({ path: `rules/${n}.yml`, content: yamlOf(n, change) });

async function trail() {
  const { db } = records;
  const audit = await db.selectFrom('audit').selectAll().where('tenant', '=', engineer.tenant).execute();
  const outbox = await db.selectFrom('outbox').selectAll().where('tenant', '=', engineer.tenant).execute();
  return { audit, outbox };
}

describe('loading rules', () => {
  it('keeps the whole document, with what is decided here beside it', async () => {
    const report = await rules.load(engineer, [fileOf(1)], options('alert'));
    expect(report).toEqual({
      added: 1,
      changed: 0,
      unchanged: 0,
      kept: 0,
      refused: [],
      warnings: [],
      ids: [idOf(1)],
      states: { off: 0, observe: 0, alert: 1 },
    });
    expect(await rules.get(engineer, idOf(1).toUpperCase())).toEqual({
      id: idOf(1),
      hash: sha256Hex(yamlOf(1)),
      kind: 'detection',
      title: 'Rule 1',
      severity: 'high',
      author: 'Someone',
      logsource: { product: 'windows', service: 'security' },
      tags: ['attack.execution'],
      path: 'rules/1.yml',
      status: '',
      pack: 'local',
      edited: false,
      state: 'alert',
      stateOrigin: 'person',
      floodingSince: null,
      loadedAt: startAt,
      version: 1,
      source: yamlOf(1),
      description: 'What rule 1 means.',
      references: ['https://example.com/1'],
      falsepositives: ['Tests'],
      license: 'DRL-1.1',
    });
  });

  it('a new version of a rule replaces it and keeps its state', async () => {
    await rules.load(engineer, [fileOf(1), fileOf(2)], options('alert'));
    await rules.setState(engineer, idOf(1), 1, 'off');
    clock.advance(1_000);
    const report = await rules.load(
      engineer,
      [fileOf(1, { title: 'Better' }), fileOf(2), fileOf(3)],
      options('alert'),
    );
    expect(report).toMatchObject({ added: 1, changed: 1, unchanged: 1 });
    expect(await rules.get(engineer, idOf(1))).toMatchObject({
      title: 'Better',
      state: 'off',
      version: 3,
      loadedAt: startAt + 1_000,
    });
    expect(await rules.get(engineer, idOf(2))).toMatchObject({ version: 1, loadedAt: startAt });
  });

  it('loading the same again changes nothing and leaves no trail, because every start does it', async () => {
    await rules.load(engineer, [fileOf(1)], options('alert'));
    const before = await trail();
    expect(await rules.load(engineer, [fileOf(1)], options('off'))).toMatchObject({
      added: 0,
      changed: 0,
      unchanged: 1,
    });
    expect(await trail()).toEqual(before);
    expect(before.audit).toHaveLength(1);
    expect(before.audit[0]).toMatchObject({ action: 'rules.loaded', actor_id: 'p1', details: { added: 1 } });
    expect(before.outbox.map((event) => event.type)).toEqual(['rules.changed']);
  });

  it('refuses what it can’t evaluate, one by one, and takes the rest', async () => {
    const content = `${yamlOf(1)}---\n${yamlOf(2, { condition: 'missing' })}---\ntitle: [\n`;
    const report = await rules.load(engineer, [{ path: 'a.yml', content }, fileOf(3)], options('alert'));
    expect(report).toMatchObject({ added: 2, changed: 0, unchanged: 0 });
    expect(report.refused).toHaveLength(2);
    const byCondition = report.refused.find((one) => one.id === idOf(2));
    expect(byCondition).toMatchObject({ file: 'a.yml', title: 'Rule 2' });
    expect(byCondition?.line).toBeGreaterThan(18);
    expect(byCondition?.reason).toContain('missing');
  });

  it('the second of two rules with one id is refused and told of the first', async () => {
    const report = await rules.load(
      engineer,
      [fileOf(1), { ...fileOf(1, { title: 'Copy' }), path: 'copy.yml' }],
      options('alert'),
    );
    expect(report).toMatchObject({ added: 1, refused: [{ file: 'copy.yml', id: idOf(1), title: 'Copy' }] });
    expect(report.refused[0]?.reason).toContain('rules/1.yml');
    expect((await rules.get(engineer, idOf(1))).title).toBe('Rule 1');
  });

  it('takes text that the database could not hold, and refuses an id of that kind', async () => {
    const titled = yamlOf(1)
      .replace('title: Rule 1', String.raw`title: "a\0b"`)
      .replace('- Tests', String.raw`- "c\0d"`);
    const named = yamlOf(2).replace(idOf(2), String.raw`"a\0b"`);
    const report = await rules.load(
      engineer,
      [
        { path: 'a.yml', content: titled },
        { path: 'b.yml', content: named },
      ],
      options('alert'),
    );
    expect(report).toMatchObject({ added: 1, refused: [{ file: 'b.yml', id: null }] });
    expect(await rules.get(engineer, idOf(1))).toMatchObject({
      title: 'a\u2400b',
      falsepositives: ['c\u2400d'],
    });
  });

  it('starter rules come on, by the service itself, without their evidence', async () => {
    const evidence = { path: 'rules/1.evidence.yml', content: 'positive: []' };
    const report = await rules.loadStarterRules(engineer.tenant, [fileOf(1), evidence]);
    expect(report).toEqual({
      added: 1,
      changed: 0,
      unchanged: 0,
      kept: 0,
      refused: [],
      warnings: [],
      ids: [idOf(1)],
      states: { off: 0, observe: 0, alert: 1 },
    });
    expect((await trail()).audit[0]).toMatchObject({ actor_kind: 'system' });
  });
});

describe('rules that are there', () => {
  it('lists by title, filtered, with the number of all', async () => {
    const files = [
      fileOf(3, { title: 'Carol' }),
      fileOf(1, { title: 'Alice 100%' }),
      fileOf(2, { title: 'Bob' }),
    ];
    await rules.load(engineer, files, options('alert'));
    await rules.setState(engineer, idOf(2), 1, 'off');
    const titles = async (query: object) =>
      (await rules.list(engineer, { limit: 10, ...query })).items.map((rule) => rule.title);
    expect(await titles({})).toEqual(['Alice 100%', 'Bob', 'Carol']);
    expect(await titles({ state: 'off' })).toEqual(['Bob']);
    expect(await titles({ text: 'CAR' })).toEqual(['Carol']);
    expect(await titles({ text: '%' })).toEqual(['Alice 100%']);
    expect(await titles({ text: 'rules/2' })).toEqual(['Bob']);
    expect(await rules.list(engineer, { limit: 1 })).toMatchObject({
      items: [{ title: 'Alice 100%' }],
      total: 3,
    });
  });

  it('turning a rule off is a change with its version, its trail and its event', async () => {
    await rules.load(engineer, [fileOf(1)], options('alert'));
    const off = await rules.setState(engineer, idOf(1), 1, 'off');
    expect(off).toMatchObject({ state: 'off', version: 2 });
    const { audit, outbox } = await trail();
    expect(audit.find((row) => row.action === 'rule.state_changed')).toMatchObject({
      resource_id: idOf(1),
      details: { from: 'alert', to: 'off', version: 2 },
    });
    expect(outbox.map((event) => event.type)).toEqual(['rules.changed', 'rules.changed']);
    const stale = await refusalOf(rules.setState(engineer, idOf(1), 1, 'alert'));
    expect(stale.code).toBe('E_CONFLICT');
    expect(stale.details['rule']).toEqual(off);
    expect(await rules.setState(engineer, idOf(1), 2, 'off')).toEqual(off);
  });

  it('what is unknown, or another tenant’s, does not exist', async () => {
    await rules.load(engineer, [fileOf(1)], options('alert'));
    const stranger = { ...engineer, tenant: 'elsewhere' as TenantId };
    expect((await refusalOf(rules.get(stranger, idOf(1)))).code).toBe('E_NOT_FOUND');
    expect((await refusalOf(rules.setState(stranger, idOf(1), 1, 'off'))).code).toBe('E_NOT_FOUND');
    expect((await refusalOf(rules.get(engineer, 'a\u0000'))).code).toBe('E_NOT_FOUND');
    expect((await rules.list(stranger, { limit: 10 })).total).toBe(0);
  });

  it('hands the pipeline every rule that is on, with a revision that tells whether anything changed', async () => {
    const empty = await rules.active(engineer.tenant);
    expect(empty.rules).toEqual([]);
    const files = Array.from({ length: 501 }, (_, n) => fileOf(n + 1));
    await rules.load(engineer, files, options('alert'));
    const all = await rules.active(engineer.tenant);
    expect(all.rules).toHaveLength(501);
    expect(all.rules[0]).toEqual({
      id: idOf(1),
      hash: sha256Hex(yamlOf(1)),
      source: yamlOf(1),
      path: 'rules/1.yml',
      observe: false,
      exceptions: [],
    });
    expect((await rules.active(engineer.tenant)).revision).toBe(all.revision);
    await rules.setState(engineer, idOf(7), 1, 'off');
    const fewer = await rules.active(engineer.tenant);
    expect(fewer.rules).toHaveLength(500);
    expect(fewer.revision).not.toBe(all.revision);
    await rules.setState(engineer, idOf(7), 2, 'alert');
    expect((await rules.active(engineer.tenant)).revision).toBe(all.revision);
  });
});
