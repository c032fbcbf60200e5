/** What the access feature takes and gives. */
import type { Instant } from '../../base/clock.ts';
import type { Actor, Role, Scope } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { Denial } from './denials.ts';

export type CredentialKind = 'session' | 'api_token' | 'source_token';

export interface Identity {
  readonly tenant: TenantId;
  readonly id: string;
  readonly kind: 'person' | 'service' | 'source';
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface SignedIn {
  /** Goes into the cookie and nowhere else; only its hash is kept. */
  readonly sessionSecret: string;
  readonly actor: Actor;
  readonly expiresAt: Instant;
}

export interface TokenRequest {
  readonly identity: Pick<Identity, 'tenant' | 'id'>;
  readonly kind: 'api_token' | 'source_token';
  /** Without it the token is good until it is revoked. */
  readonly expiresAt?: Instant;
  /** Revokes the identity's other tokens of this kind. */
  readonly replace?: boolean;
  /** Who asked for it; the service itself when absent. */
  readonly by?: Actor;
  readonly peer?: string;
}

export interface AccessService {
  /** Makes the first admin person and the local CLI's service identity where they are missing. */
  bootstrap(): Promise<{ readonly admin: Identity; readonly localCli: Identity; readonly created: boolean }>;
  /** A token that opens one session within 15 minutes; the console reads it from `/sign-in#token=…`. */
  newSignInLink(identityId: string): Promise<{ readonly token: string; readonly expiresAt: Instant }>;
  /**
   * Trades a one-time token for a session; of any number of racers exactly one wins. Throws
   * E_UNAUTHENTICATED for a token that is unknown, used or expired, E_RATE_LIMITED for a peer that
   * was wrong too often.
   */
  signIn(token: string, peer: string): Promise<SignedIn>;
  /**
   * Who holds this secret, null when nobody. Throws E_RATE_LIMITED for a peer that was wrong too
   * often, unless the secret is one that this process has seen to be good.
   */
  authenticate(secret: string, kinds: readonly CredentialKind[], peer: string): Promise<Actor | null>;
  /** Ends the session; from now on its secret opens nothing. */
  signOut(secret: string, actor: Actor, peer: string): Promise<void>;
  /** The token is given out this once. */
  issueToken(request: TokenRequest): Promise<string>;
  /** The same inside a transaction of the caller. */
  issueTokenIn(tx: RecordsTx, request: TokenRequest): Promise<string>;
  /** Makes the identity that a source sends as; its id is the source's name. */
  addSourceIdentity(tx: RecordsTx, tenant: TenantId, source: string): Promise<Identity>;
  /** People who can own an alert, by name. */
  people(scope: Scope): Promise<readonly Person[]>;
  person(tenant: TenantId, id: string): Promise<Person | null>;
  /** Audits a refused request; repeats are folded. Never throws: an outage must not turn a 403 into a 500. */
  auditDenied(denial: Denial): Promise<void>;
  /** Writes what is still only counted; before the store closes. */
  stop(): Promise<void>;
}
