/** Accounts learnt from events, on a real records store. */
import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { fakeClock } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import { compileNeverGroup } from '../../model/never-group.ts';
import type { Records } from '../../store/records.ts';
import { createLearnAccounts, type LearnAccounts } from './accounts.ts';
import { createAssets } from './assets.ts';
import type { AssetsService } from './types.ts';

const at = Date.UTC(2026, 10, 25, 8);
const sid = 'S-1-5-21-1-2-3-1104';
const other = 'S-1-5-21-1-2-3-1105';
const store = testRecords();
let records: Records;
let assets: AssetsService;
let learnAccounts: LearnAccounts;
let engineer: Actor;

beforeEach(() => {
  ({ records } = store);
  const tenant = store.tenant;
  engineer = { kind: 'person', id: 'e', name: 'Engi', tenant, roles: ['engineer'] };
  const clock = fakeClock(at);
  const never = compileNeverGroup([{ kind: 'user', pattern: 'CORP\\svc-*', reason: 'scanners' }]);
  assets = createAssets({ records, clock, shipped: [] });
  learnAccounts = createLearnAccounts({ clock, neverGroup: () => never });
});

const learn = (...accounts: readonly (readonly [sid: string, name: string, minute: number])[]) =>
  records.transaction((tx) =>
    learnAccounts(tx, [
      {
        tenant: engineer.tenant,
        accounts: accounts.map(([of, name, minute]) => ({ sid: of, name, at: at + minute * 60_000 })),
      },
    ]),
  );
const named = async (name: string) => (await assets.get(engineer, 'user', name)).name;

describe('accounts that events name by SID and by name', () => {
  it('are one entity under both, in every form of the name', async () => {
    await learn([sid, 'CORP.example\\Ana', 0]);
    for (const name of [sid, 'corp\\ana', 'ana@corp.example'])
      expect(await named(name)).toBe('CORP.example\\Ana');
    await learn([sid, 'CORP\\ana', 1]);
    expect((await assets.list(engineer, { limit: 10 })).total).toBe(1);
  });

  it('a renamed account goes by its newest name and is still found by the older one', async () => {
    await learn([sid, 'CORP\\ana', 0]);
    await learn([sid, 'CORP\\bea', 5]);
    expect(await named('CORP\\ana')).toBe('CORP\\bea');
    expect(await named(sid)).toBe('CORP\\bea');
  });

  it('an archive that is read later does not bring an old name back', async () => {
    await learn([sid, 'CORP\\bea', 5]);
    await learn([sid, 'CORP\\ana', 0]);
    expect(await named('CORP\\ana')).toBe('CORP\\bea');
  });

  it('a name that was given to another account is that account from then on', async () => {
    await learn([sid, 'CORP\\ana', 0], [other, 'CORP\\bea', 0]);
    await learn([sid, 'CORP\\old-ana', 1]);
    await learn([other, 'CORP\\ana', 2]);
    expect((await assets.get(engineer, 'user', 'CORP\\ana')).id).toBe(
      (await assets.get(engineer, 'user', other)).id,
    );
    expect(await named(sid)).toBe('CORP\\old-ana');
    // Older than what is known: it was so, and is not any more.
    await learn([sid, 'CORP\\ana', 0]);
    expect((await assets.get(engineer, 'user', 'CORP\\ana')).id).toBe(
      (await assets.get(engineer, 'user', other)).id,
    );
  });

  it('an account made anew under its old name is the same entity', async () => {
    await learn([sid, 'CORP\\ana', 0], [other, 'CORP\\ana', 1]);
    expect((await assets.get(engineer, 'user', sid)).id).toBe((await assets.get(engineer, 'user', other)).id);
  });

  it('what was imported keeps its name and takes the SID', async () => {
    await assets.importCsv(engineer, 'user', 'name,aliases,role\nAna Lima,CORP\\ana,finance\n');
    await learn([sid, 'CORP\\ana', 0]);
    expect(await assets.get(engineer, 'user', sid)).toMatchObject({ name: 'Ana Lima', role: 'finance' });
    await learn([other, 'CORP\\bea', 0]);
    await assets.importCsv(engineer, 'user', `name,aliases\nBea Ito,${other}\n`);
    await learn([other, 'CORP\\ana', 9]);
    expect(await named('CORP\\ana')).toBe('Ana Lima');
  });

  it('nothing is learnt of what never groups, and what is known is not written again', async () => {
    await learn([sid, 'CORP\\svc-scan', 0]);
    expect((await assets.list(engineer, { limit: 10 })).total).toBe(0);
    await learn([sid, 'CORP\\ana', 0]);
    const before = await assets.get(engineer, 'user', sid);
    for (const minute of [1, 2, 3]) await learn([sid, 'CORP\\ana', minute]);
    expect(await assets.get(engineer, 'user', sid)).toEqual(before);
  });

  it('a transaction that failed is learnt from again', async () => {
    const failing = records.transaction(async (tx) => {
      await learnAccounts(tx, [{ tenant: engineer.tenant, accounts: [{ sid, name: 'CORP\\ana', at }] }]);
      throw new Error('the commit fails');
    });
    await expect(failing).rejects.toThrow('the commit fails');
    await learn([sid, 'CORP\\ana', 0]);
    expect(await named(sid)).toBe('CORP\\ana');
  });
});
