import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { fakeClock } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';
import { createAssets, parseNeverGroup } from './assets.ts';
import { readAssets } from './csv.ts';
import type { AssetsService } from './types.ts';

const startAt = Date.UTC(2026, 10, 25, 8);
const store = testRecords();
let records: Records;
let assets: AssetsService;
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
  const shipped = [{ kind: 'user' as const, pattern: 'SYSTEM', reason: 'system' }];
  assets = createAssets({ records, clock: fakeClock(startAt), shipped });
});

describe('reading CSV', () => {
  it('takes the columns in any order, with quotes, a byte order mark and Windows line ends', () => {
    const csv = '\ufeffrole,Name,value,tags,aliases\r\n"files, prints",FS-1,high,pci;eu,"fs1|192.0.2.5"\r\n';
    expect(readAssets(csv)).toEqual({
      rows: [
        {
          line: 2,
          name: 'FS-1',
          aliases: ['fs1', '192.0.2.5'],
          owner: '',
          role: 'files, prints',
          value: 4,
          tags: ['pci', 'eu'],
        },
      ],
      refused: [],
    });
  });

  it.each([
    { row: ',x', reason: 'has no name', why: 'a row without a name' },
    { row: 'a,x,y,z,1', reason: 'has 5 fields where the header has 4', why: 'a row with more fields' },
    { row: 'a,,,6', reason: 'value is 6; it has to be 1 to 5', why: 'a value beyond the scale' },
    { row: 'a,,,very', reason: 'value is very', why: 'a word that is no value' },
    { row: 'x'.repeat(300), reason: 'more than 255 characters', why: 'a name that is too long' },
  ])('refuses $why with its line, and takes the others', ({ row, reason }) => {
    const { rows, refused } = readAssets(`name,owner,role,value\ngood,,,5\n${row}\n\nlast,,,\n`);
    expect(rows.map(({ name, line }) => [name, line])).toEqual([
      ['good', 2],
      ['last', 5],
    ]);
    expect(refused).toMatchObject([{ line: 3, reason: expect.stringContaining(reason) }]);
  });

  it.each([
    { csv: '', says: 'empty', why: 'an empty file' },
    { csv: 'host,owner\na,b\n', says: 'no column is called name', why: 'a header without name' },
    { csv: 'name,ownr\na,b\n', says: 'no column is called ownr', why: 'a column that is misspelt' },
  ])('refuses $why as a whole', ({ csv, says }) => {
    expect(() => readAssets(csv)).toThrow(says);
  });

  it('reads what spreadsheets of other countries write', () => {
    expect(readAssets('name;value\na;3\n').rows).toMatchObject([{ name: 'a', value: 3 }]);
    expect(readAssets('name\tvalue\na\t3\n').rows).toMatchObject([{ name: 'a', value: 3 }]);
  });
});

describe('importing assets', () => {
  it('knows a host by each of its names, and says what was new', async () => {
    const csv =
      'name,aliases,owner,role,value,tags\nDC-1.corp.example,192.0.2.1;dc-old,IT,domain controller,critical,tier0\n';
    expect(await assets.importCsv(engineer, 'host', csv)).toEqual({
      added: 1,
      changed: 0,
      unchanged: 0,
      refused: [],
    });
    for (const name of ['dc-1', 'DC-1.CORP.EXAMPLE', 'dc-old', '192.0.2.1'])
      expect(await assets.get(engineer, 'host', name)).toMatchObject({
        name: 'DC-1.corp.example',
        owner: 'IT',
        role: 'domain controller',
        value: 5,
        tags: ['tier0'],
        imported: true,
      });
    expect((await assets.get(engineer, 'ip', '192.0.2.1')).kind).toBe('host');
    expect(await assets.importCsv(engineer, 'host', csv)).toMatchObject({
      added: 0,
      changed: 0,
      unchanged: 1,
    });
    const changed = csv.replace('IT', 'Infrastructure');
    expect(await assets.importCsv(engineer, 'host', changed)).toMatchObject({ changed: 1 });
  });

  it('a name that two rows claim is refused for the second, with the line of the first', async () => {
    const report = await assets.importCsv(engineer, 'host', 'name,aliases\na,x\nb,x\nc,y\n');
    expect(report).toMatchObject({
      added: 2,
      refused: [{ line: 3, name: 'b', reason: expect.stringContaining('line 2') }],
    });
    const later = await assets.importCsv(engineer, 'host', 'name,aliases\nd,x;y\n');
    expect(later.refused).toMatchObject([{ line: 2, reason: expect.stringContaining('imported before') }]);
  });

  it('what records taught of a name goes on as the same entity', async () => {
    await records.db
      .insertInto('entities')
      .values({
        tenant: engineer.tenant,
        kind: 'host',
        id: 'ws-1',
        name: 'WS-1',
        value: null,
        first_seen_at: new Date(startAt),
        updated_at: new Date(startAt),
      })
      .execute();
    await records.db
      .insertInto('entity_aliases')
      .values({
        tenant: engineer.tenant,
        kind: 'host',
        alias: 'ws-1',
        entity_kind: 'host',
        entity_id: 'ws-1',
      })
      .execute();
    await assets.importCsv(engineer, 'host', 'name,value\nWS-1.corp.example,4\n');
    expect(await assets.get(engineer, 'host', 'ws-1.corp.example')).toMatchObject({
      id: 'ws-1',
      value: 4,
      imported: true,
    });
    const page = await assets.list(engineer, { limit: 10 });
    expect(page).toMatchObject({ total: 1, items: [{ aliases: ['ws-1'] }] });
  });

  it('identities are one under down-level name, UPN and SID', async () => {
    await assets.importCsv(
      engineer,
      'user',
      'name,aliases,role\nana@corp.example,S-1-5-21-1-2-3-1104,finance\n',
    );
    for (const name of ['CORP\\Ana', 'ANA@corp.example', 's-1-5-21-1-2-3-1104'])
      expect((await assets.get(engineer, 'user', name)).role).toBe('finance');
    expect((await refusalOf(assets.get(engineer, 'host', 'ana@corp.example'))).code).toBe('E_NOT_FOUND');
  });

  it('lists by name in pages, by part of a name, alias, owner or role', async () => {
    await assets.importCsv(engineer, 'host', 'name,owner,role\nc,,web\na,IT,\nb,,db\n');
    const names: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await assets.list(engineer, { limit: 2, cursor });
      names.push(...page.items.map((one) => one.name));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(names).toEqual(['a', 'b', 'c']);
    expect((await assets.list(engineer, { text: 'WEB', limit: 5 })).items.map((one) => one.name)).toEqual([
      'c',
    ]);
    expect((await assets.list(engineer, { text: '%', limit: 5 })).total).toBe(0);
    expect((await refusalOf(assets.list(engineer, { limit: 1, cursor: 'x' }))).code).toBe('E_BAD_REQUEST');
  });
});

describe('the never-group list', () => {
  it('begins with what comes with the program and takes more, at once in force', async () => {
    expect(assets.compiled().reason('user', 'svc-scan')).toBeNull();
    const added = await assets.addNeverGroup(engineer, {
      kind: 'user',
      pattern: 'svc-*',
      reason: 'scanners',
    });
    expect(assets.compiled().reason('user', 'SVC-scan')).toBe('scanners');
    const items = await assets.neverGroup(engineer);
    expect(items.map(({ id, pattern }) => [id, pattern])).toEqual([
      ['', 'SYSTEM'],
      [added.id, 'svc-*'],
    ]);
    await assets.removeNeverGroup(engineer, added.id);
    expect(assets.compiled().reason('user', 'svc-scan')).toBeNull();
  });

  it.each([
    {
      entry: { kind: 'ip', pattern: 'ten', reason: 'x' },
      code: 'E_BAD_REQUEST',
      why: 'an address that is none',
    },
    { entry: { kind: 'user', pattern: '**', reason: 'x' }, code: 'E_BAD_REQUEST', why: 'stars alone' },
  ] as const)('refuses $why', async ({ entry, code }) => {
    expect((await refusalOf(assets.addNeverGroup(engineer, entry))).code).toBe(code);
  });

  it('refuses the same entry twice, and to remove what it does not have', async () => {
    const entry = { kind: 'ip', pattern: '10.0.0.0/8', reason: 'NAT' } as const;
    await assets.addNeverGroup(engineer, entry);
    expect((await refusalOf(assets.addNeverGroup(engineer, entry))).code).toBe('E_CONFLICT');
    expect((await refusalOf(assets.removeNeverGroup(engineer, 'nothing'))).code).toBe('E_NOT_FOUND');
  });

  it('a file of the program with a range that is none is a fault, told at the start', () => {
    expect(() => parseNeverGroup('- {kind: ip, reason: x, patterns: [ten]}')).toThrow('neither');
  });
});
