/** Deliveries and uploads: bodies go through as streams, never whole into memory. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Actor } from '../../model/actor.ts';
import type { Admission, Gate } from '../server-gate.ts';
import { logFault } from '../server-log.ts';
import { drain, judge, takeOver } from '../server-problems.ts';
import { elasticRoutes } from './intake-elastic.ts';
import { actorOf, deliveryOf, encodingOf, streamOf } from './intake-request.ts';
import type { Services } from './services.ts';

export interface IntakeDeps extends Pick<Services, 'intake'> {
  readonly gate: Gate;
  readonly logger: Logger;
}

const access = { action: 'create', resource: 'intake' } as const;
const deliveries: Admission = { kinds: ['source_token'], cookie: false, named: true };
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
      const delivery = deliveryOf(request, reply);
      reply.header('cache-control', 'no-store');
      return await intake.deliver({ ...delivery, format });
    };
  app.post('/intake/ndjson', { onRequest: admit(deliveries) }, deliver('json'));
  app.post('/intake/lines', { onRequest: admit(deliveries) }, deliver('text'));
  app.post('/intake/webhook/:source', { onRequest: admit(deliveries) }, deliver('webhook'));

  elasticRoutes(app, admit(deliveries), intake);

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
