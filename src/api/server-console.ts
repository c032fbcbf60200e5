/** The console's files, with its start page for every address that is the console's own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../base/errors.ts';

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Watchfloor</title>
<h1>The console is not built</h1>
<p>The service is running, but its console's files are missing. Stop it, run <code>npm run build</code>, and start it again.</p>
</html>
`;

/** Addresses that answer programs; an unknown one below them is a problem document, not a page. */
const forPrograms = /^\/(api|intake|health)(\/|$)/;

/** The console's own addresses have no dot in their last part, its files all do. */
const isFile = (path: string) => /\.[a-z0-9]+$/i.test(path);

function wantsPage(request: FastifyRequest, path: string): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads && !forPrograms.test(path) && !isFile(path);
}

export async function serveConsole(app: FastifyInstance, consoleDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: consoleDir,
    index: false,
    cacheControl: false,
    allowedPath: (path) => isFile(path),
    setHeaders(reply, path) {
      // Names below assets/ hold a hash of the content; every other name may change its content.
      const hashed = path.startsWith(join(consoleDir, 'assets'));
      reply.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.setNotFoundHandler(async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0] ?? '/';
    if (!wantsPage(request, path)) {
      throw new AppError('E_NOT_FOUND', `Nothing answers ${request.method} here.`);
    }
    if (existsSync(join(consoleDir, 'index.html'))) return reply.sendFile('index.html');
    return reply
      .code(503)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(notBuilt);
  });
}
