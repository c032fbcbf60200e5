import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import { parseMappings } from '../../lang/sigma/index.ts';
import type { Actor } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';
import { createRules } from './rules.ts';
import type { RulesService } from './types.ts';

const mappings = parseMappings(
  readFileSync(new URL('../../../content/mappings/windows.yml', import.meta.url), 'utf8'),
);
const store = testRecords();
let records: Records;
let rules: RulesService;
let clock: FakeClock;
let engineer: Actor;

beforeEach(() => {
  ({ records } = store);
  const tenant = store.tenant;
  engineer = { kind: 'person', id: 'p1', name: 'Engi Neer', tenant, roles: ['engineer'] };
  clock = fakeClock(Date.UTC(2026, 10, 24, 8));
  rules = createRules({ records, clock, mappings, filterReading: 'require', profiles: new Map() });
});

const id = '5e8a6a2a-2f6e-4b7e-9a6e-000000000001';
const source = `title: Shells
id: ${id}
status: experimental
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\powershell.exe'
  condition: selection
level: high
`;
const filter =
  'title: f\nid: f\nlogsource: {product: windows}\nfilter:\n  rules: [x]\n  a: {b: c}\n  condition: a\n';

describe('checking a text that is being written', () => {
  const check = (text: string, of: string | null = null) => rules.check(engineer, { id: of, source: text });

  it('says what kind of rule it is, and nothing more of one that can be saved', async () => {
    expect(await check(source)).toEqual({
      rule: {
        id,
        kind: 'detection',
        title: 'Shells',
        severity: 'high',
        logsource: { product: 'windows', category: 'process_creation' },
      },
      findings: [],
    });
  });

  it.each([
    {
      why: 'a modifier that does not exist, with the one that was meant',
      text: source.replace('endswith', 'endswit'),
      finding: {
        severity: 'error',
        line: 9,
        column: 5,
        endColumn: 37,
        hint: expect.stringContaining('endswith'),
      },
    },
    {
      why: 'a selection that the condition does not find',
      text: source.replace('condition: selection', 'condition: selektion'),
      finding: { severity: 'error', line: 10, column: 3, message: expect.stringContaining('selektion') },
    },
    {
      why: 'YAML that is none, where it ends to be',
      text: source.replace("'\\powershell.exe'", '"\\'),
      finding: { severity: 'error', message: expect.stringContaining('not valid YAML') },
    },
    {
      why: 'a second rule in the same text',
      text: `${source}---\n${source.replace(id, 'other')}`,
      finding: { severity: 'error', message: expect.stringContaining('another one') },
    },
    {
      why: 'a filter for rules that are not there',
      text: filter,
      finding: { severity: 'warning', line: 5, message: 'the rule x is not there' },
    },
    {
      why: 'a category that no event is given',
      text: source.replace('process_creation', 'process_creatoin'),
      finding: { severity: 'warning', line: 4, message: expect.stringContaining('process_creatoin') },
    },
  ])('tells $why', async ({ text, finding }) => {
    const { findings } = await check(text);
    expect(findings).toEqual(expect.arrayContaining([expect.objectContaining(finding)]));
  });

  it('holds the id: that of the rule when one is edited, a free one when it is new', async () => {
    await rules.create(engineer, { source, message: '', state: 'off' });
    expect((await check(source, id)).findings).toEqual([]);
    expect((await check(source)).findings).toEqual([
      expect.objectContaining({ line: 2, message: 'the id is taken by "Shells"' }),
    ]);
    expect((await check(source.replace(id, 'other'), id)).findings).toEqual([
      expect.objectContaining({ line: 2, message: 'the id is that of another rule' }),
    ]);
  });

  it('notes that the logsource was never received, as long as others were', async () => {
    await records.db
      .insertInto('logsource_days')
      .values({
        tenant: engineer.tenant,
        product: 'linux',
        services: 'sshd,auth',
        categories: '',
        day: '2026-11-24',
        events: 3,
      })
      .execute();
    expect((await check(source)).findings).toEqual([
      expect.objectContaining({ severity: 'note', line: 4, endColumn: 11 }),
    ]);
  });
});

describe('versions', () => {
  it('keep every text with who, when and why; a restored one is a new version', async () => {
    const made = await rules.create(engineer, { source, message: 'First', state: 'observe' });
    expect(made).toMatchObject({ id, pack: 'local', state: 'observe', edited: false });
    clock.advance(1_000);
    const next = source.replace('high', 'low');
    const edited = await rules.edit(engineer, id, made.version, next, 'Less loud');
    await rules.edit(engineer, id, edited.version, source, 'Restored version 1');
    const versions = await rules.versions(engineer, id);
    expect(versions.map(({ number, message }) => [number, message])).toEqual([
      [3, 'Restored version 1'],
      [2, 'Less loud'],
      [1, 'First'],
    ]);
    expect(versions[1]).toMatchObject({ at: clock.now(), actor: { name: 'Engi Neer' } });
    expect((await rules.version(engineer, id, 2)).source).toBe(next);
    await expect(rules.version(engineer, id, 9)).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });

  it('go on through loads, which change nothing when the text is the same', async () => {
    const load = (text: string) =>
      rules.load(engineer, [{ path: 'a.yml', content: text }], {
        state: 'off',
        profile: '',
        pack: 'team',
        overwrite: false,
      });
    await load(source);
    await load(source);
    await load(source.replace('high', 'low'));
    expect((await rules.versions(engineer, id)).map(({ number, message }) => [number, message])).toEqual([
      [2, 'Loaded with team'],
      [1, 'Loaded with team'],
    ]);
  });
});

describe('a new rule', () => {
  it('does not take the place of one that is there', async () => {
    await rules.create(engineer, { source, message: '', state: 'off' });
    await expect(rules.create(engineer, { source, message: '', state: 'alert' })).rejects.toMatchObject({
      code: 'E_CONFLICT',
      details: { rule: { title: 'Shells', state: 'off' } },
    });
  });

  it('is refused with its line when it is none', async () => {
    await expect(
      rules.create(engineer, { source: 'title: x', message: '', state: 'off' }),
    ).rejects.toMatchObject({ code: 'E_BAD_REQUEST', message: expect.stringContaining('line 1') });
  });
});

it('words are those of what was received and of what rules look at', async () => {
  await rules.create(engineer, {
    source: source.replace('level', 'tags: [attack.T1059.001]\nlevel'),
    message: '',
    state: 'off',
  });
  await records.db
    .insertInto('logsource_days')
    .values({
      tenant: engineer.tenant,
      product: 'linux',
      services: 'sshd,auth',
      categories: '',
      day: '2026-11-24',
      events: 3,
    })
    .execute();
  const words = await rules.words(engineer);
  const linux = { product: 'linux', category: '', events: 3, rules: 0 };
  expect(words.logsources).toEqual(
    expect.arrayContaining([
      { ...linux, service: 'sshd' },
      { ...linux, service: 'auth' },
      { product: 'windows', service: '', category: 'process_creation', events: 0, rules: 1 },
    ]),
  );
  expect(words.tags).toEqual([{ name: 'attack.t1059.001', rules: 1 }]);
  expect(words.names).toEqual([{ id, title: 'Shells' }]);
});
