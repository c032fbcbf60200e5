/**
 * What shippers ask of Elasticsearch when they write to it, under `/intake/elastic`: the bulk request, and the
 * questions that they ask before it. Nothing of Elasticsearch's searching, and no settings: those are answered, so
 * that a shipper with its defaults goes on, and have no effect.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../base/errors.ts';
import { deliveryOf } from './intake-request.ts';
import type { Services } from './services.ts';

const root = '/intake/elastic';
/** Told to those who don't name their own: Beats and clients refuse a server that is older than they are. */
const version = '8.19.0';

export function elasticRoutes(
  app: FastifyInstance,
  admit: (request: FastifyRequest) => Promise<void>,
  intake: Services['intake'],
): void {
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    // Clients look for it before they read anything else, refusals included.
    reply.header('x-elastic-product', 'Elasticsearch').header('cache-control', 'no-store');
    await admit(request);
  };
  const route = (method: readonly string[], url: string, answer: typeof bulk) =>
    app.route({ method: [...method], url: `${root}${url}`, onRequest, handler: answer });

  const bulk = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const started = performance.now();
    const { actions } = await intake.deliverBulk(deliveryOf(request, reply));
    const items = actions.map((action) => ({ [action]: { status: 201, result: 'created' } }));
    return { took: Math.round(performance.now() - started), errors: false, items };
  };
  const about = async (request: FastifyRequest) => ({
    name: 'watchfloor',
    cluster_name: 'watchfloor',
    version: { number: versionFor(request), build_flavor: 'default' },
    tagline: 'You Know, for Search',
  });
  const license = async () => ({ license: { uid: 'watchfloor', type: 'basic', status: 'active' } });

  for (const url of ['/_bulk', '/:index/_bulk']) route(['POST', 'PUT'], url, bulk);
  for (const url of ['', '/']) route(['GET', 'HEAD'], url, about);
  for (const url of ['/_license', '/_xpack']) route(['GET'], url, license);
  for (const area of settings) route(['GET', 'HEAD', 'PUT', 'POST'], `/${area}/*`, ignored);
  route(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'], '/*', unknown);
}

/** Index templates, lifecycles and pipelines say how Elasticsearch keeps what comes. */
const settings = ['_ilm', '_index_template', '_component_template', '_template', '_ingest', '_data_stream'];

async function ignored(request: FastifyRequest): Promise<unknown> {
  return request.method === 'GET' ? {} : { acknowledged: true };
}

async function unknown(request: FastifyRequest): Promise<never> {
  const reason = `only the bulk request is known under ${root}, not ${request.method} ${request.url.slice(0, 200)}`;
  throw new AppError('E_NOT_FOUND', reason);
}

/** `Elastic-filebeat/9.1.2 (linux; amd64; …)`. */
function versionFor(request: FastifyRequest): string {
  const agent = request.headers['user-agent'] ?? '';
  return /^elastic[\w-]*\/(\d{1,3}\.\d{1,3}\.\d{1,3})\b/i.exec(agent)?.[1] ?? version;
}
