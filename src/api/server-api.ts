/** Each procedure of the contract as a Fastify route of its own, so that its access is checked before its body is read. */
import type { AnyContractProcedure } from '@orpc/contract';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { traverseContractProcedures } from '@orpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AccessService } from '../features/access/types.ts';
import { contract } from './contract/index.ts';
import { problemType } from './contract/problem-fetch.ts';
import type { RouteMeta } from './contract/route.ts';
import type { CallContext } from './routes/context.ts';
import { createRouter } from './routes/router.ts';
import type { Services } from './routes/services.ts';
import { orEnded } from './routes/streams.ts';
import { type Gate, type GateConfig, sessionCookie } from './server-gate.ts';
import { logFault } from './server-log.ts';
import { openApiDocument } from './server-openapi.ts';
import { judge } from './server-problems.ts';

export interface ServerConfig extends GateConfig {
  /** JSON bodies of the API; deliveries have limits of their own. */
  readonly maxBodyBytes: number;
  /** Shown in the OpenAPI document. */
  readonly version: string;
}

export interface ApiDeps {
  readonly services: Services;
  readonly access: AccessService;
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly stopping: AbortSignal;
}

interface RequestContext extends CallContext {
  readonly request: FastifyRequest;
}

/** How often an idle live stream shows that it lives. */
const heartbeatMs = 15_000;

export async function apiRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const { services, access, config, logger, clock, gate } = deps;
  const handler = new OpenAPIHandler<RequestContext>(createRouter(services, access, clock), {
    eventIteratorKeepAliveInterval: heartbeatMs,
    interceptors: [
      async (call) => {
        try {
          return await call.next();
        } catch (thrown) {
          const { request } = call.context;
          const { problem, fault } = judge(orEnded(thrown, call.context, call.request.signal), request.id);
          if (fault) logFault(logger, request, thrown);
          return { matched: true, response: { status: problem.status, headers: {}, body: problem } };
        }
      },
    ],
  });

  readJsonOnly(app);
  app.addHook('onRequest', async (request) => {
    const asked = request.routeOptions.config.access;
    if (asked === undefined) throw new Error(`route ${request.routeOptions.url ?? ''} states no access`);
    request.caller = await gate.admit(request, asked, { kinds: ['session', 'api_token'], cookie: true });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode >= 400) reply.type(problemType);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });

  for (const { method, path, meta } of procedures()) {
    app.route({
      method,
      url: `/api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      config: { access: meta.access },
      handler: async (request, reply) => {
        const context = contextOf(request, reply, meta, deps);
        const { matched } = await handler.handle(request, reply, { prefix: '/api', context });
        if (!matched) throw new AppError('E_NOT_FOUND', `Nothing answers ${request.method} here.`);
      },
    });
  }

  let document: ReturnType<typeof openApiDocument> | undefined;
  app.get('/api/openapi.json', { config: { access: 'public' } }, () => {
    document ??= openApiDocument(config.version);
    return document;
  });
}

interface ProcedureRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly meta: RouteMeta;
}

/** Every procedure of the contract with its way in. */
export function procedures(): readonly ProcedureRoute[] {
  const found: ProcedureRoute[] = [];
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path: name }) => {
    const { route, meta } = (procedure as AnyContractProcedure)['~orpc'];
    const { method, path } = route;
    if (method === undefined || method === 'HEAD' || path === undefined || !('access' in meta)) {
      throw new Error(`${name.join('.')} is not declared by route()`);
    }
    found.push({ method, path, meta });
  });
  return found;
}

/** JSON is the one format of bodies here: a form, which any page may post across sites, is refused. */
function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') {
      done(null, null);
      return;
    }
    try {
      done(null, JSON.parse(text.toString()));
    } catch {
      done(new AppError('E_BAD_REQUEST', 'The body is not JSON.'));
    }
  });
}

function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  meta: RouteMeta,
  deps: ApiDeps,
): RequestContext {
  const cookie = {
    path: '/',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: deps.config.publicUrl?.startsWith('https:') === true,
  };
  return {
    request,
    granted: meta.access,
    actor: request.caller?.actor ?? null,
    secret: request.caller?.secret ?? null,
    peer: request.ip,
    requestId: request.id,
    stopping: deps.stopping,
    startSession(secret, expiresAt) {
      reply.setCookie(sessionCookie, secret, { ...cookie, expires: new Date(expiresAt) });
    },
    endSession() {
      reply.clearCookie(sessionCookie, cookie);
    },
  };
}
