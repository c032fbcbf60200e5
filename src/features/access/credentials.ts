/** Credentials: random secrets of which only the SHA-256 is kept. */
import type { Clock, Instant } from '../../base/clock.ts';
import { newSecret, sha256Hex } from '../../base/ids.ts';
import type { RecordsDb, RecordsTx } from '../../store/records.ts';
import { toIdentity } from './identities.ts';
import type { CredentialKind, Identity, TokenRequest } from './types.ts';

type StoredKind = CredentialKind | 'sign_in_link';

/** Prefixes by which scanners and people know a leaked secret. */
const prefixes: Readonly<Record<StoredKind, string>> = {
  session: 'wfs',
  api_token: 'wfa',
  source_token: 'wfi',
  sign_in_link: 'wfl',
};

/** Ours are 47 characters; longer input is not worth hashing. */
const maxSecretLength = 200;

export interface Found {
  readonly identity: Identity;
  readonly kind: StoredKind;
  readonly expiresAt: Instant | null;
  readonly lastSeenAt: Instant | null;
}

/** The key of a secret, null for what can't be one of ours. */
export function secretHash(secret: string): string | null {
  return secret.length > 0 && secret.length <= maxSecretLength ? sha256Hex(secret) : null;
}

/** Stores a new credential and returns its secret, which is not to be had again. */
export async function insertCredential(
  tx: RecordsTx,
  clock: Clock,
  identity: TokenRequest['identity'],
  kind: StoredKind,
  expiresAt: Instant | null,
): Promise<string> {
  const secret = newSecret(prefixes[kind]);
  await tx
    .insertInto('credentials')
    .values({
      tenant: identity.tenant,
      hash: sha256Hex(secret),
      identity_id: identity.id,
      kind,
      created_at: new Date(clock.now()),
      expires_at: expiresAt === null ? null : new Date(expiresAt),
      used_at: null,
      last_seen_at: null,
    })
    .execute();
  return secret;
}

/**
 * The holder of a live credential. The secret says no tenant, so the look-up is by hash alone;
 * comparing hashes of random secrets tells an attacker nothing through time.
 */
export async function findCredential(db: RecordsDb, hash: string, now: Instant): Promise<Found | null> {
  const row = await db
    .selectFrom('credentials as c')
    .innerJoin('identities as i', (join) =>
      join.onRef('i.tenant', '=', 'c.tenant').onRef('i.id', '=', 'c.identity_id'),
    )
    .select([
      'i.tenant',
      'i.id',
      'i.kind',
      'i.name',
      'i.roles',
      'c.kind as credential_kind',
      'c.expires_at',
      'c.last_seen_at',
    ])
    .where('c.hash', '=', hash)
    .where('c.kind', '<>', 'sign_in_link')
    .where('i.disabled', '=', false)
    .where((eb) => eb.or([eb('c.expires_at', 'is', null), eb('c.expires_at', '>', new Date(now))]))
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    identity: toIdentity(row),
    kind: row.credential_kind,
    expiresAt: row.expires_at?.getTime() ?? null,
    lastSeenAt: row.last_seen_at?.getTime() ?? null,
  };
}

/** Takes a sign-in link out of use. One statement decides, so of two racers one gets null. */
export async function useSignInLink(tx: RecordsTx, hash: string, now: Instant): Promise<Identity | null> {
  const used = await tx
    .updateTable('credentials')
    .set({ used_at: new Date(now) })
    .where('hash', '=', hash)
    .where('kind', '=', 'sign_in_link')
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date(now))
    .returning(['tenant', 'identity_id'])
    .executeTakeFirst();
  if (used === undefined) return null;
  const row = await tx
    .selectFrom('identities')
    .selectAll()
    .where('tenant', '=', used.tenant)
    .where('id', '=', used.identity_id)
    .where('disabled', '=', false)
    .executeTakeFirst();
  return row === undefined ? null : toIdentity(row);
}
