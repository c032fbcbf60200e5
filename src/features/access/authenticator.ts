/** From a secret to an actor, with a short memory that a revocation empties at once. */
import type { Clock, Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';
import type { Attempts } from './attempts.ts';
import { type Found, findCredential, secretHash } from './credentials.ts';
import { actorOf } from './identities.ts';
import type { CredentialKind } from './types.ts';

export interface Authenticator {
  authenticate(secret: string, kinds: readonly CredentialKind[], peer: string): Promise<Actor | null>;
  /** Forgets every answer; call it after each revocation has committed. */
  forget(): void;
}

interface Remembered extends Found {
  readonly readAt: Instant;
}

/** A change made by another process shows after this. */
const trustMs = 5_000;
const maxRemembered = 10_000;
/** `last_seen_at` is written at most this often per credential. */
const seenEveryMs = 60_000;

export function tooManyAttempts(waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new AppError('E_RATE_LIMITED', `Too many wrong credentials; try again in ${seconds} s.`, {
    retryAfterS: seconds,
  });
}

export function createAuthenticator(deps: {
  readonly records: Pick<Records, 'db'>;
  readonly clock: Clock;
  readonly attempts: Attempts;
}): Authenticator {
  const { records, clock, attempts } = deps;
  const remembered = new Map<string, Remembered>();
  /** Grows with each revocation, so that a look-up that began before one is not remembered after it. */
  let generation = 0;

  function remember(hash: string, found: Found): void {
    remembered.delete(hash);
    const oldest = remembered.size >= maxRemembered ? remembered.keys().next() : undefined;
    if (oldest !== undefined && oldest.done !== true) remembered.delete(oldest.value);
    remembered.set(hash, { ...found, readAt: clock.now() });
  }

  async function noteSeen(hash: string, found: Found): Promise<Found> {
    const now = clock.now();
    if (found.lastSeenAt !== null && now - found.lastSeenAt < seenEveryMs) return found;
    await records.db
      .updateTable('credentials')
      .set({ last_seen_at: new Date(now) })
      .where('tenant', '=', found.identity.tenant)
      .where('hash', '=', hash)
      .execute();
    return { ...found, lastSeenAt: now };
  }

  async function find(hash: string, peer: string): Promise<Found | null> {
    const known = remembered.get(hash);
    if (known !== undefined && clock.now() - known.readAt < trustMs) return known;
    const waitMs = attempts.blockedForMs(peer);
    if (waitMs > 0 && known === undefined) throw tooManyAttempts(waitMs);
    const begun = generation;
    const found = await findCredential(records.db, hash, clock.now());
    if (found === null) {
      remembered.delete(hash);
      return null;
    }
    const seen = await noteSeen(hash, found);
    if (begun === generation) remember(hash, seen);
    return seen;
  }

  return {
    async authenticate(secret, kinds, peer) {
      const hash = secretHash(secret);
      const found = hash === null ? null : await find(hash, peer);
      const live = found !== null && (found.expiresAt === null || found.expiresAt > clock.now());
      if (found === null || !live || !kinds.some((kind) => kind === found.kind)) {
        attempts.failed(peer);
        return null;
      }
      return actorOf(found.identity);
    },
    forget() {
      generation += 1;
      remembered.clear();
    },
  };
}
