/** Deliveries and uploads: bodies go through as streams, never whole into memory. */
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Actor } from '../../model/actor.ts';
import type { Admission, Gate } from '../server-gate.ts';
import { logFault } from '../server-log.ts';
import { drain, judge, takeOver } from '../server-problems.ts';
import type { ContentEncoding, Services } from './services.ts';

export interface IntakeDeps extends Pick<Services, 'intake'> {
  readonly gate: Gate;
  readonly logger: Logger;
}

const access = { action: 'create', resource: 'intake' } as const;
const deliveries: Admission = { kinds: ['source_token'], cookie: false };
const uploads: Admission = { kinds: ['api_token'], cookie: false };

export async function intakeRoutes(app: FastifyInstance, deps: IntakeDeps): Promise<void> {
  const { gate, intake } = deps;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const admit = (from: Admission) => async (request: FastifyRequest) => {
    request.caller = await gate.admit(request, access, from);
  };

  const deliver =
    (format: 'json' | 'text' | 'webhook') => async (request: FastifyRequest, reply: FastifyReply) => {
      const actor = actorOf(request);
      const [encoding, idempotencyKey] = [encodingOf(request), idempotencyKeyOf(request)];
      checkSource(request, actor);
      const { body, signal } = streamOf(request, reply);
      reply.header('cache-control', 'no-store');
      return await intake.deliver({
        actor,
        source: actor.id,
        body,
        encoding,
        idempotencyKey,
        format,
        signal,
      });
    };
  app.post('/intake/ndjson', { onRequest: admit(deliveries) }, deliver('json'));
  app.post('/intake/lines', { onRequest: admit(deliveries) }, deliver('text'));
  app.post('/intake/webhook/:source', { onRequest: admit(deliveries) }, deliver('webhook'));

  app.post('/intake/file', { onRequest: admit(uploads) }, async (request, reply) => {
    if (encodingOf(request) !== 'identity') {
      throw new AppError(
        'E_BAD_ENCODING',
        'Content-Encoding: send the file as it is; compressed files are known by their content.',
      );
    }
    const actor = actorOf(request);
    await upload({ actor, ...uploadOf(request) }, request, reply, deps);
    return reply;
  });
}

function actorOf(request: FastifyRequest): Actor {
  if (request.caller === null) throw new Error('an intake route was reached past the gate');
  return request.caller.actor;
}

/** Progress and the result as NDJSON lines, while the file still comes in. */
async function upload(
  file: { readonly actor: Actor } & UploadFacts,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: IntakeDeps,
): Promise<void> {
  const { body, signal } = streamOf(request, reply);
  takeOver(reply, 200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    // An import may end before the file does; the connection is of no use to another request then.
    connection: 'close',
  });
  const { raw } = reply;
  raw.flushHeaders();
  const line = (message: Readonly<Record<string, unknown>>) => {
    if (!raw.destroyed) raw.write(`${JSON.stringify(message)}\n`);
  };
  try {
    const onProgress = (progress: Readonly<Record<string, unknown>>) => line({ progress });
    line({ result: await deps.intake.importStream({ ...file, body, signal, onProgress }) });
  } catch (thrown) {
    const { problem, fault } = judge(thrown, request.id);
    // What fails because the sender went is told to nobody and is no fault.
    if (fault && !signal.aborted) logFault(deps.logger, request, thrown);
    line({ error: problem });
  }
  request.raw.unpipe();
  await drain(request);
  raw.end();
}

/**
 * The body as a stream that may be destroyed without cutting off the answer (to destroy the request
 * itself would), and a signal that aborts when the sender goes before it was answered.
 */
function streamOf(request: FastifyRequest, reply: FastifyReply): { body: Readable; signal: AbortSignal } {
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

function encodingOf(request: FastifyRequest): ContentEncoding {
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

interface UploadFacts {
  readonly source: string;
  readonly fileName: string;
  readonly format: string | null;
  readonly modifiedAt: Instant | null;
  readonly zone: string | null;
}

function uploadOf(request: FastifyRequest): UploadFacts {
  const query = request.query as Readonly<Record<string, unknown>>;
  const { source = 'import', name } = query;
  if (typeof source !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,62}$/.test(source)) {
    throw new AppError('E_BAD_REQUEST', 'source: lower-case letters, digits, . _ -, at most 63.');
  }
  const fileName = typeof name === 'string' ? (name.split(/[/\\]/).at(-1) ?? '') : '';
  if (fileName === '' || fileName.length > 255 || /\p{Cc}/u.test(fileName)) {
    throw new AppError(
      'E_BAD_REQUEST',
      'name: the file name, 1 to 255 characters, none of them a control character.',
    );
  }
  const [format, modified, zone] = ['format', 'modified', 'zone'].map((key) => {
    const value = query[key];
    return typeof value === 'string' && value !== '' ? value : null;
  });
  const modifiedAt = modified === null || modified === undefined ? null : Date.parse(modified);
  if (Number.isNaN(modifiedAt)) {
    throw new AppError('E_BAD_REQUEST', 'modified: the time of the last change, as ISO 8601.');
  }
  return { source, fileName, format: format ?? null, modifiedAt, zone: zone ?? null };
}
