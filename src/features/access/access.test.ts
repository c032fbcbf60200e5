import { beforeEach, describe, expect, test } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { sha256Hex } from '../../base/ids.ts';
import { silentLogger } from '../../base/logger.ts';
import { mainTenant } from '../../model/ids.ts';
import { createAccess } from './access.ts';
import { createAuditReader } from './audit.ts';
import { createDenialLog } from './denials.ts';
import { createSources } from './sources.ts';
import type { AccessService } from './types.ts';

const start = Date.UTC(2026, 10, 24, 4);
const scope = { tenant: mainTenant };
const peer = '192.0.2.10';
const store = testRecords();
let clock: FakeClock;
let access: AccessService;
let adminId: string;

beforeEach(async () => {
  await store.records.db.deleteFrom('credentials').execute();
  // Later with each test, so that what one audited is older than what the next looks for.
  clock = fakeClock(Math.max(start, clock?.now() ?? 0) + 3_600_000);
  access = createAccess({
    records: store.records,
    clock,
    logger: silentLogger,
    sessionLifetimeMs: 12 * 3_600_000,
  });
  adminId = (await access.bootstrap()).admin.id;
});

const audited = async (since: number) =>
  (await createAuditReader(store.records).list(scope, { limit: 100 })).items.filter(
    (entry) => entry.at >= since,
  );

async function session(): Promise<string> {
  const { token } = await access.newSignInLink(adminId);
  return (await access.signIn(token, peer)).sessionSecret;
}

const refusedWith = (code: string) => (thrown: unknown) => thrown instanceof AppError && thrown.code === code;

describe('bootstrap', () => {
  test('a restart makes no second admin', async () => {
    const again = await access.bootstrap();
    expect(again).toMatchObject({ created: false, admin: { id: adminId, name: 'admin', roles: ['admin'] } });
    const rows = await store.records.db
      .selectFrom('identities')
      .select(['kind', 'name'])
      .orderBy('name')
      .execute();
    expect(rows.filter((row) => row.kind !== 'source')).toEqual([
      { kind: 'person', name: 'admin' },
      { kind: 'service', name: 'local-cli' },
    ]);
  });

  test('credentials that expired more than a day ago are cleared away', async () => {
    await access.newSignInLink(adminId);
    clock.advance(24 * 3_600_000 + 15 * 60_000 + 1);
    await access.bootstrap();
    expect(await store.records.db.selectFrom('credentials').selectAll().execute()).toEqual([]);
  });
});

describe('sign-in', () => {
  test('a link opens a session for its person, and only hashes are stored', async () => {
    const { token, expiresAt } = await access.newSignInLink(adminId);
    expect(expiresAt).toBe(clock.now() + 15 * 60_000);
    const signedIn = await access.signIn(token, peer);
    expect(signedIn).toMatchObject({
      actor: { kind: 'person', name: 'admin', tenant: 'main', roles: ['admin'] },
    });
    expect(await access.authenticate(signedIn.sessionSecret, ['session'], peer)).toEqual(signedIn.actor);
    const rows = await store.records.db.selectFrom('credentials').selectAll().execute();
    expect(rows.map((row) => row.hash).sort()).toEqual(
      [sha256Hex(token), sha256Hex(signedIn.sessionSecret)].sort(),
    );
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test('a link works once', async () => {
    const { token } = await access.newSignInLink(adminId);
    await access.signIn(token, peer);
    await expect(access.signIn(token, peer)).rejects.toSatisfy(refusedWith('E_UNAUTHENTICATED'));
  });

  test('of racers with one link exactly one wins', async () => {
    const { token } = await access.newSignInLink(adminId);
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => access.signIn(token, peer)));
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1);
    const sessions = await store.records.db
      .selectFrom('credentials')
      .select('hash')
      .where('kind', '=', 'session')
      .execute();
    expect(sessions).toHaveLength(1);
  });

  test('a link is worth nothing after 15 minutes', async () => {
    const { token } = await access.newSignInLink(adminId);
    clock.advance(15 * 60_000);
    await expect(access.signIn(token, peer)).rejects.toSatisfy(refusedWith('E_UNAUTHENTICATED'));
  });

  test('a link is no session and a session no link', async () => {
    const { token } = await access.newSignInLink(adminId);
    expect(await access.authenticate(token, ['session', 'api_token', 'source_token'], peer)).toBeNull();
    await expect(access.signIn(await session(), peer)).rejects.toSatisfy(refusedWith('E_UNAUTHENTICATED'));
  });

  test('a link for somebody unknown or for a service is not made', async () => {
    const { localCli } = await access.bootstrap();
    await expect(access.newSignInLink('nobody')).rejects.toSatisfy(refusedWith('E_NOT_FOUND'));
    await expect(access.newSignInLink(localCli.id)).rejects.toSatisfy(refusedWith('E_NOT_FOUND'));
  });

  test('signing in and out is audited with the peer, a bad link too', async () => {
    const since = clock.now();
    const secret = await session();
    const actor = await access.authenticate(secret, ['session'], peer);
    await access.signOut(secret, actor!, peer);
    await expect(access.signIn('wfl_wrong', peer)).rejects.toSatisfy(refusedWith('E_UNAUTHENTICATED'));
    const entries = (await audited(since)).map(({ action, resource, outcome, peer }) => ({
      action,
      resource,
      outcome,
      peer,
    }));
    expect(entries).toEqual(
      expect.arrayContaining([
        { action: 'session.started', resource: 'session', outcome: 'ok', peer },
        { action: 'session.ended', resource: 'session', outcome: 'ok', peer },
        { action: 'create', resource: 'session', outcome: 'denied', peer },
      ]),
    );
  });
});

describe('authenticate', () => {
  test('a session ends with its lifetime, also while it is remembered', async () => {
    const secret = await session();
    clock.advance(12 * 3_600_000 - 1);
    expect(await access.authenticate(secret, ['session'], peer)).not.toBeNull();
    clock.advance(1);
    expect(await access.authenticate(secret, ['session'], peer)).toBeNull();
  });

  test('signing out revokes at once, although answers are remembered for a moment', async () => {
    const secret = await session();
    const actor = await access.authenticate(secret, ['session'], peer);
    await access.signOut(secret, actor!, peer);
    expect(await access.authenticate(secret, ['session'], peer)).toBeNull();
  });

  test('disabling an identity by another process shows within five seconds', async () => {
    const secret = await session();
    await access.authenticate(secret, ['session'], peer);
    const disable = (disabled: boolean) =>
      store.records.db.updateTable('identities').set({ disabled }).where('id', '=', adminId).execute();
    await disable(true);
    clock.advance(5_000);
    const answer = await access.authenticate(secret, ['session'], peer);
    await disable(false);
    expect(answer).toBeNull();
  });

  test.each([
    { secret: '', why: 'an empty secret is nobody' },
    { secret: 'wfs_unknown', why: 'an unknown secret is nobody' },
    { secret: 'x'.repeat(1_000_000), why: 'a huge secret is not even hashed' },
    { secret: "' or '1'='1", why: 'a secret is never SQL' },
    { secret: 'nul\u0000byte', why: 'a NUL can not upset the store' },
  ])('$why', async ({ secret }) => {
    expect(await access.authenticate(secret, ['session', 'api_token', 'source_token'], peer)).toBeNull();
  });

  test('a token opens only what its kind is for', async () => {
    const { localCli } = await access.bootstrap();
    const token = await access.issueToken({ identity: localCli, kind: 'api_token' });
    expect(await access.authenticate(token, ['api_token'], peer)).toMatchObject({ name: 'local-cli' });
    expect(await access.authenticate(token, ['session', 'source_token'], peer)).toBeNull();
  });

  test('replacing a token makes the old one worthless at once and leaves other kinds alone', async () => {
    const { localCli } = await access.bootstrap();
    const old = await access.issueToken({ identity: localCli, kind: 'api_token' });
    expect(await access.authenticate(old, ['api_token'], peer)).not.toBeNull();
    const secret = await session();
    const fresh = await access.issueToken({ identity: localCli, kind: 'api_token', replace: true });
    expect(await access.authenticate(old, ['api_token'], peer)).toBeNull();
    expect(await access.authenticate(fresh, ['api_token'], peer)).not.toBeNull();
    expect(await access.authenticate(secret, ['session'], peer)).not.toBeNull();
  });

  test('a peer that guesses must wait, but who is known from the same address is let in', async () => {
    const secret = await session();
    await access.authenticate(secret, ['session'], peer);
    for (let i = 0; i < 30; i += 1) await access.authenticate(`wfs_guess${i}`, ['session'], peer);
    await expect(access.authenticate('wfs_guess', ['session'], peer)).rejects.toSatisfy(
      refusedWith('E_RATE_LIMITED'),
    );
    await expect(access.signIn('wfl_guess', peer)).rejects.toSatisfy(refusedWith('E_RATE_LIMITED'));
    expect(await access.authenticate(secret, ['session'], peer)).not.toBeNull();
    expect(
      await access.authenticate('wfs_guess', ['session'], '192.0.2.11'),
      'others are not blocked',
    ).toBeNull();
    clock.advance(60_000);
    expect(await access.authenticate('wfs_guess', ['session'], peer)).toBeNull();
  });
});

describe('refused requests in the audit log', () => {
  const denial = { actor: null, peer, reason: 'bad_credentials', action: 'read', resource: 'alert' };

  test('a flood leaves one row and, after its minute, one count', async () => {
    const since = clock.now();
    for (let i = 0; i < 500; i += 1) await access.auditDenied(denial);
    expect(await audited(since)).toMatchObject([
      { outcome: 'denied', details: { reason: 'bad_credentials' } },
    ]);
    clock.advance(60_000);
    await access.auditDenied(denial);
    const details = (await audited(since)).map((entry) => entry.details);
    expect(details).toHaveLength(3);
    expect(details).toContainEqual({ reason: 'bad_credentials', repeats: 499, withinMs: 60_000 });
  });

  test('another peer and another reason have rows of their own', async () => {
    const since = clock.now();
    await access.auditDenied(denial);
    await access.auditDenied({ ...denial, peer: '192.0.2.77' });
    await access.auditDenied({ ...denial, reason: 'no_credentials' });
    expect(await audited(since)).toHaveLength(3);
  });

  test('what was only counted is written when the service stops', async () => {
    const since = clock.now();
    await access.auditDenied(denial);
    await access.auditDenied(denial);
    await access.stop();
    expect((await audited(since)).map((entry) => entry.details['repeats'])).toContain(1);
  });

  test('a flood from many addresses ends in one shared row', async () => {
    const since = clock.now();
    const log = createDenialLog({ records: store.records, clock, logger: silentLogger, maxFolds: 5 });
    for (let i = 0; i < 20; i += 1) await log.record({ ...denial, peer: `2001:db8::${i}` });
    const peers = (await audited(since)).map((entry) => entry.peer);
    expect(peers.sort()).toEqual(['*', ...Array.from({ length: 5 }, (_, i) => `2001:db8::${i}`)]);
    await log.flush();
    expect((await audited(since)).find((entry) => 'repeats' in entry.details)).toMatchObject({
      peer: '*',
      details: { repeats: 14 },
    });
  });

  test('a known actor leaves a row for each thing that was refused', async () => {
    const since = clock.now();
    const actor = { kind: 'person', id: adminId, name: 'admin', tenant: mainTenant, roles: [] } as const;
    const forbidden = { ...denial, actor, reason: 'forbidden' };
    await access.auditDenied(forbidden);
    await access.auditDenied({ ...forbidden, resource: 'rule' });
    await access.auditDenied({ ...forbidden, resource: 'rule' });
    expect((await audited(since)).map((entry) => `${entry.actor.name} ${entry.resource}`).sort()).toEqual([
      'admin alert',
      'admin rule',
    ]);
  });
});

describe('people, sources and the audit list', () => {
  test('people are persons, not services or sources', async () => {
    expect(await access.people(scope)).toEqual([{ id: adminId, name: 'admin' }]);
    expect(await access.person(mainTenant, adminId)).toEqual({ id: adminId, name: 'admin' });
    const { localCli } = await access.bootstrap();
    expect(await access.person(mainTenant, localCli.id)).toBeNull();
  });

  test('a new source gets a token that is the source; its name can not be taken twice', async () => {
    const sources = createSources({ records: store.records, clock, access });
    const actor = (await access.authenticate(await session(), ['session'], peer))!;
    const { source, token } = await sources.create(
      actor,
      { id: 'dc-01', description: 'domain\u0000controller' },
      peer,
    );
    expect(source).toMatchObject({ id: 'dc-01', version: 1, createdAt: clock.now() });
    expect(await access.authenticate(token, ['source_token'], peer)).toEqual({
      kind: 'source',
      id: 'dc-01',
      name: 'dc-01',
      tenant: 'main',
      roles: ['source'],
    });
    await expect(sources.create(actor, { id: 'dc-01', description: '' }, peer)).rejects.toSatisfy(
      refusedWith('E_CONFLICT'),
    );
    expect(await sources.list(scope)).toEqual([source]);
  });

  test('pages of the audit list meet without a gap or a repeat, newest first', async () => {
    const reader = createAuditReader(store.records);
    const all = (await reader.list(scope, { limit: 1_000 })).items.map((entry) => entry.id);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await reader.list(scope, { limit: 7, cursor });
      paged.push(...page.items.map((entry) => entry.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && paged.length < 1_000);
    expect(all.length).toBeGreaterThan(14);
    expect(paged.slice(0, all.length)).toEqual(all);
    expect([...all].sort().reverse()).toEqual(all);
  });
});
