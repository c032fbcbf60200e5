/** What a request to the intake says of what it brings. */
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { ContentEncoding, IntakeDelivery } from './services.ts';

/** Throws AppError for headers that say what can't be, and where the address names another source than the token's. */
export function deliveryOf(request: FastifyRequest, reply: FastifyReply): IntakeDelivery {
  const actor = actorOf(request);
  const [encoding, idempotencyKey] = [encodingOf(request), idempotencyKeyOf(request)];
  checkSource(request, actor);
  return { actor, source: actor.id, encoding, idempotencyKey, ...streamOf(request, reply) };
}

export function actorOf(request: FastifyRequest): Actor {
  if (request.caller === null) throw new Error('an intake route was reached past the gate');
  return request.caller.actor;
}

/**
 * The body as a stream that may be destroyed without cutting off the answer (to destroy the request
 * itself would), and a signal that aborts when the sender goes before it was answered.
 */
export function streamOf(
  request: FastifyRequest,
  reply: FastifyReply,
): { body: Readable; signal: AbortSignal } {
  const body = new PassThrough();
  const gone = new AbortController();
  // A stream that nobody reads any more must not bring the process down with its error.
  body.on('error', () => gone.abort());
  request.raw.on('error', (error) => body.destroy(error));
  reply.raw.once('close', () => {
    if (reply.raw.writableFinished) return;
    gone.abort(new Error('the sender has gone'));
    body.destroy(new Error('the sender has gone'));
  });
  request.raw.pipe(body);
  return { body, signal: gone.signal };
}

const encodings: readonly ContentEncoding[] = ['identity', 'gzip', 'deflate'];

export function encodingOf(request: FastifyRequest): ContentEncoding {
  const name = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const known = encodings.find((encoding) => encoding === name);
  if (known === undefined) {
    throw new AppError('E_BAD_ENCODING', `Content-Encoding: one of ${encodings.join(', ')}.`);
  }
  return known;
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('E_BAD_REQUEST', 'Idempotency-Key: 1 to 255 visible ASCII characters, once.');
  }
  return key;
}

/** A token is a source's; an address that names another one is a mistake. */
function checkSource(request: FastifyRequest, actor: Actor): void {
  const { source } = request.params as { source?: string };
  if (source !== undefined && source !== actor.id) {
    throw new AppError('E_FORBIDDEN', `this token is of the source "${actor.id}", not of "${source}"`);
  }
}
