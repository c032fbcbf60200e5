/** What every handler gets: who asks, what they may see, and how to answer for a session. */
import { implement } from '@orpc/server';
import type { Instant } from '../../base/clock.ts';
import type { Access, Actor, Scope } from '../../model/actor.ts';
import { contract } from '../contract/index.ts';

/** Made by the server for each request that passed the gate. */
export interface CallContext {
  /** The access that the gate checked for this request. */
  readonly granted: Access | 'public';
  /** Null only where the access is 'public'. */
  readonly actor: Actor | null;
  /** The secret that the actor came with. */
  readonly secret: string | null;
  readonly peer: string;
  readonly requestId: string;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
  startSession(secret: string, expiresAt: Instant): void;
  endSession(): void;
}

export const open = implement(contract).$context<CallContext>();

/**
 * The gate has answered before the body was read; this holds each procedure to it, so that one
 * reached past the gate is a fault of ours and not an open door.
 */
export const os = open.use(({ context, procedure, next }) => {
  const { granted, actor } = context;
  const asked = procedure['~orpc'].meta.access;
  if (asked === 'public' || granted === 'public' || actor === null) {
    throw new Error('a procedure with access was reached without an actor');
  }
  if (asked.action !== granted.action || asked.resource !== granted.resource) {
    throw new Error('a procedure was reached with the access of another');
  }
  const scope: Scope = { tenant: actor.tenant };
  return next({ context: { actor, scope } });
});
