/** Identities and credentials: who may come in, and who it is that asks. */
import type { Clock } from '../../base/clock.ts';
import { AppError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { mainTenant } from '../../model/ids.ts';
import { audit } from '../../store/audit-row.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { createAttempts } from './attempts.ts';
import { systemActor } from './audit.ts';
import { createAuthenticator, tooManyAttempts } from './authenticator.ts';
import { insertCredential, secretHash, useSignInLink } from './credentials.ts';
import { createDenialLog } from './denials.ts';
import { actorOf, enabledIdentity, enabledPeople, ensureIdentity } from './identities.ts';
import type { AccessService, SignedIn, TokenRequest } from './types.ts';

export interface AccessDeps {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessionLifetimeMs: number;
  /** Wrong credentials per peer and minute before it must wait. */
  readonly maxFailuresPerMinute?: number;
}

export const signInLinkLifetimeMs = 15 * 60_000;

export function createAccess(deps: AccessDeps): AccessService {
  const { records, clock, logger } = deps;
  const attempts = createAttempts(clock, deps.maxFailuresPerMinute ?? 30, 60_000);
  const authenticator = createAuthenticator({ records, clock, attempts });
  const denials = createDenialLog({ records, clock, logger });

  async function auditDenied(denial: Parameters<AccessService['auditDenied']>[0]): Promise<void> {
    try {
      await denials.record(denial);
    } catch (thrown) {
      logger.error({ error: messageOf(thrown), reason: denial.reason }, 'refused request not audited');
    }
  }

  async function issueTokenIn(tx: RecordsTx, request: TokenRequest): Promise<string> {
    const { identity, kind } = request;
    if (request.replace === true) {
      await tx
        .deleteFrom('credentials')
        .where('tenant', '=', identity.tenant)
        .where('identity_id', '=', identity.id)
        .where('kind', '=', kind)
        .execute();
    }
    const secret = await insertCredential(tx, clock, identity, kind, request.expiresAt ?? null);
    await audit(tx, {
      at: clock.now(),
      actor: request.by ?? systemActor(identity.tenant),
      action: 'token.issued',
      resource: 'identity',
      resourceId: identity.id,
      outcome: 'ok',
      details: { kind, replaced: request.replace === true },
      peer: request.peer ?? '',
    });
    return secret;
  }

  return {
    auditDenied,
    issueTokenIn,
    authenticate: (secret, kinds, peer) => authenticator.authenticate(secret, kinds, peer),
    stop: () => denials.flush(),
    bootstrap: () => bootstrap(deps),
    signIn: (token, peer) => signIn(deps, { attempts, auditDenied }, token, peer),
    people: (scope) => enabledPeople(records.db, scope.tenant),

    async person(tenant, id) {
      const found = await enabledIdentity(records.db, tenant, id);
      return found?.kind === 'person' ? { id: found.id, name: found.name } : null;
    },

    async newSignInLink(identityId) {
      const expiresAt = clock.now() + signInLinkLifetimeMs;
      const token = await records.transaction(async (tx) => {
        const identity = await enabledIdentity(tx, mainTenant, identityId);
        if (identity?.kind !== 'person') {
          throw new AppError('E_NOT_FOUND', 'No such person, or the person is disabled.', { id: identityId });
        }
        const secret = await insertCredential(tx, clock, identity, 'sign_in_link', expiresAt);
        await audit(tx, {
          at: clock.now(),
          actor: systemActor(identity.tenant),
          action: 'sign_in_link.issued',
          resource: 'identity',
          resourceId: identity.id,
          outcome: 'ok',
        });
        return secret;
      });
      return { token, expiresAt };
    },

    async signOut(secret, actor, peer) {
      const hash = secretHash(secret);
      if (hash === null) return;
      await records.transaction(async (tx) => {
        const gone = await tx
          .deleteFrom('credentials')
          .where('tenant', '=', actor.tenant)
          .where('hash', '=', hash)
          .where('kind', '=', 'session')
          .returning('identity_id')
          .executeTakeFirst();
        if (gone === undefined) return;
        await audit(tx, {
          at: clock.now(),
          actor,
          action: 'session.ended',
          resource: 'session',
          resourceId: gone.identity_id,
          outcome: 'ok',
          peer,
        });
      });
      authenticator.forget();
    },

    async issueToken(request) {
      const secret = await records.transaction((tx) => issueTokenIn(tx, request));
      if (request.replace === true) authenticator.forget();
      return secret;
    },

    async addSourceIdentity(tx, tenant, source) {
      const wanted = { tenant, id: source, kind: 'source', name: source, roles: ['source'] } as const;
      return (await ensureIdentity(tx, clock.now(), wanted)).identity;
    },
  };
}

function bootstrap(deps: AccessDeps): ReturnType<AccessService['bootstrap']> {
  const { records, clock } = deps;
  return records.transaction(async (tx) => {
    // What has been expired for a day opens nothing and explains nothing any more.
    await tx
      .deleteFrom('credentials')
      .where('tenant', '=', mainTenant)
      .where('expires_at', '<', new Date(clock.now() - 24 * 3_600_000))
      .execute();
    const [admin, localCli] = [
      await ensureIdentity(tx, clock.now(), {
        tenant: mainTenant,
        kind: 'person',
        name: 'admin',
        roles: ['admin'],
      }),
      await ensureIdentity(tx, clock.now(), {
        tenant: mainTenant,
        kind: 'service',
        name: 'local-cli',
        roles: ['admin'],
      }),
    ];
    for (const { identity, created } of [admin, localCli]) {
      if (!created) continue;
      await audit(tx, {
        at: clock.now(),
        actor: systemActor(mainTenant),
        action: 'identity.created',
        resource: 'identity',
        resourceId: identity.id,
        outcome: 'ok',
        details: { kind: identity.kind, name: identity.name, roles: identity.roles },
      });
    }
    return {
      admin: admin.identity,
      localCli: localCli.identity,
      created: admin.created || localCli.created,
    };
  });
}

async function signIn(
  deps: AccessDeps,
  guard: { attempts: ReturnType<typeof createAttempts>; auditDenied: AccessService['auditDenied'] },
  token: string,
  peer: string,
): Promise<SignedIn> {
  const { records, clock } = deps;
  const waitMs = guard.attempts.blockedForMs(peer);
  if (waitMs > 0) throw tooManyAttempts(waitMs);
  const hash = secretHash(token);
  const expiresAt = clock.now() + deps.sessionLifetimeMs;
  const signedIn =
    hash === null
      ? null
      : await records.transaction(async (tx) => {
          const identity = await useSignInLink(tx, hash, clock.now());
          if (identity === null) return null;
          const sessionSecret = await insertCredential(tx, clock, identity, 'session', expiresAt);
          const actor = actorOf(identity);
          await audit(tx, {
            at: clock.now(),
            actor,
            action: 'session.started',
            resource: 'session',
            resourceId: identity.id,
            outcome: 'ok',
            peer,
          });
          return { sessionSecret, actor, expiresAt };
        });
  if (signedIn !== null) return signedIn;
  guard.attempts.failed(peer);
  const reason = 'bad_sign_in_link';
  await guard.auditDenied({ actor: null, peer, reason, action: 'create', resource: 'session' });
  throw new AppError('E_UNAUTHENTICATED', 'This sign-in link was used, has expired or is not one of ours.');
}
