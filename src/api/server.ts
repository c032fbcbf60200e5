/** The HTTP side of the service: gate, API, intake, console, in one Fastify instance that does not listen yet. */
import { randomUUID } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { AccessService } from '../features/access/types.ts';
import { healthRoutes } from './routes/health.ts';
import { intakeRoutes } from './routes/intake.ts';
import type { Services } from './routes/services.ts';
import { apiRoutes, type ServerConfig } from './server-api.ts';
import { trackConnections } from './server-connections.ts';
import { serveConsole } from './server-console.ts';
import { createGate } from './server-gate.ts';
import { logFault, logRequests } from './server-log.ts';
import { judge, sendProblem } from './server-problems.ts';

export interface ServerDeps {
  readonly services: Services;
  readonly access: AccessService;
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Folder of the built console. */
  readonly consoleDir: string;
}

export async function createServer(deps: ServerDeps): Promise<FastifyInstance> {
  const { services, access, config, logger } = deps;
  const clock = deps.clock ?? systemClock;
  const answer = async (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { problem, fault } = judge(thrown, request.id);
    if (fault) logFault(logger, request, thrown);
    return sendProblem(request, reply, problem);
  };
  const app = Fastify({
    bodyLimit: config.maxBodyBytes,
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (thrown, request, reply) => void answer(thrown, request, reply),
  });
  const gate = createGate(access, config);
  const stopping = new AbortController();

  app.decorateRequest('caller', null);
  app.setErrorHandler(answer);
  const endIdleConnections = trackConnections(app.server);
  app.addHook('preClose', async () => {
    stopping.abort();
    endIdleConnections();
  });
  app.addHook('onSend', async (_request, reply) => {
    // Kept alive, a connection whose last answer ends after the stop began would hold the stop up.
    const streams = String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
    if (streams || stopping.signal.aborted) reply.header('connection', 'close');
  });
  logRequests(app, logger);
  await app.register(fastifyHelmet, securityHeaders(config.publicUrl?.startsWith('https:') === true));
  await app.register(fastifyCookie);
  await app.register(healthRoutes, { ready: () => services.ready() });

  await app.register(async (checked) => {
    checked.addHook('onRequest', async (request) => gate.checkHost(request));
    await checked.register(apiRoutes, {
      services,
      access,
      config,
      logger,
      clock,
      gate,
      stopping: stopping.signal,
    });
    await checked.register(intakeRoutes, { intake: services.intake, gate, logger });
    await serveConsole(checked, deps.consoleDir);
  });
  return app;
}

/** Only our own files; inline styles because the component library sets them, never inline scripts. */
function securityHeaders(tls: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(tls ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: tls ? { maxAge: 31_536_000 } : (false as const),
    crossOriginOpenerPolicy: { policy: 'same-origin' as const },
    xFrameOptions: { action: 'deny' as const },
  };
}
