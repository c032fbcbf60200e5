/** One line per request: what was asked by its pattern, never its query or body. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.addHook('onResponse', async (request, reply) => {
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      actor: request.caller?.actor.id ?? null,
      peer: request.ip,
      requestId: request.id,
    };
    // Probes come every few seconds and say nothing when all is well.
    if (facts.route.startsWith('/health/')) logger.debug(facts, 'request');
    else logger.info(facts, 'request');
  });
}

/** A fault of ours, under the id that the problem names. */
export function logFault(logger: Logger, request: FastifyRequest, thrown: unknown): void {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  logger.error(
    {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      error: messageOf(thrown),
      stack: thrown instanceof Error ? thrown.stack : undefined,
      ...(cause === undefined ? {} : { cause: messageOf(cause) }),
    },
    'request failed',
  );
}
