/** Whether the service lives and is ready; for probes, without sign-in and without detail. */
import type { FastifyInstance } from 'fastify';
import type { Services } from './services.ts';

export async function healthRoutes(app: FastifyInstance, deps: Pick<Services, 'ready'>): Promise<void> {
  app.get('/health/live', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/health/ready', async (_request, reply) => {
    const { ready, missing } = await deps.ready();
    reply.header('cache-control', 'no-store').code(ready ? 200 : 503);
    return ready ? { status: 'ok' } : { status: 'not_ready', missing };
  });
}
