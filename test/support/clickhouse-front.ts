/**
 * A small HTTP front of chDB that speaks as much of ClickHouse's HTTP interface as the vendor's
 * client uses: what the HTTP adapter is tested on where there is no server. Not a server: no users,
 * no sessions, no other formats.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { drainPending, Session } from 'chdb';
import { type Fields, fieldsOf } from './clickhouse-front-form.ts';

export interface ClickHouseFront {
  readonly url: string;
  /** Answers every request from now on with this status and text, as a proxy in trouble would; null ends it. */
  failWith(answer: { readonly status: number; readonly body: string } | null): void;
  /** Requests that were answered with gzip, or came in it. */
  readonly seen: { gzipIn: number; gzipOut: number; multipart: number };
  close(): Promise<void>;
}

/** URL parameters that belong to the HTTP interface, not to the engine. */
const notSettings = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'role',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
  'http_zlib_compression_level',
  'send_progress_in_http_headers',
  'cancel_http_readonly_queries_on_client_close',
]);

export async function startClickHouseFront(directory: string): Promise<ClickHouseFront> {
  // One session stays open, so that the engine does not stop and start between requests.
  const anchor = new Session(directory);
  const running = new Set<Promise<void>>();
  const seen = { gzipIn: 0, gzipOut: 0, multipart: 0 };
  let failure: { readonly status: number; readonly body: string } | null = null;
  const server = createServer((request, response) => {
    if (failure !== null) {
      response.writeHead(failure.status, { 'Content-Type': 'text/html' }).end(failure.body);
      return;
    }
    const done = answer(directory, request, response, seen).catch((thrown: unknown) =>
      fail(response, thrown),
    );
    running.add(done);
    void done.finally(() => running.delete(done));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    failWith(answer) {
      failure = answer;
    },
    async close() {
      await closeServer(server);
      await Promise.all(running);
      anchor.close();
      await drainPending();
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((thrown) => (thrown === undefined ? resolve() : reject(thrown)));
    server.closeAllConnections();
  });
}

async function answer(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
  seen: ClickHouseFront['seen'],
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://front');
  if (url.pathname === '/ping') {
    response.writeHead(200).end('Ok.\n');
    return;
  }
  const zipped = request.headers['content-encoding'] === 'gzip';
  if (zipped) seen.gzipIn++;
  const body = await buffer(zipped ? request.pipe(createGunzip()) : request);
  const fields = fieldsOf(url.searchParams, request.headers['content-type'], body);
  if (fields.multipart) seen.multipart++;
  const session = new Session(directory);
  try {
    await applySettings(session, url.searchParams);
    response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? '');
    if (/^\s*(SELECT|WITH)\b/i.test(fields.query))
      await select(session, fields, url.searchParams, request, response, seen);
    else await statement(session, fields, response);
  } finally {
    // A query that was killed or left stays listed as running until its session runs another one.
    await session.queryAsync('SELECT 1');
    session.close();
  }
}

async function applySettings(session: Session, url: URLSearchParams): Promise<void> {
  for (const [name, value] of url) {
    if (notSettings.has(name) || name.startsWith('param_')) continue;
    if (!/^\w+$/.test(name))
      throw new Error(
        `Code: 115. DB::Exception: Setting ${name} is neither a builtin setting. (UNKNOWN_SETTING)`,
      );
    await session.queryAsync(`SET ${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
  }
  const database = url.get('database');
  if (database !== null) await session.queryAsync(`USE \`${database.replaceAll('`', '')}\``);
}

async function statement(session: Session, fields: Fields, response: ServerResponse): Promise<void> {
  const sql = fields.data.length === 0 ? fields.query : `${fields.query}\n${fields.data.toString('utf8')}`;
  const result =
    Object.keys(fields.params).length === 0
      ? await session.queryAsync(sql, { format: 'TabSeparated' })
      : await session.queryBindAsync(sql, fields.params, { format: 'TabSeparated' });
  const summary = {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: '0',
    written_bytes: '0',
  };
  response.writeHead(200, { 'X-ClickHouse-Summary': JSON.stringify(summary), 'Content-Type': 'text/plain' });
  response.end(result.bytes());
}

const exceptionTag = 'frontfrontfront1';

/** Streams; an exception after the first bytes is written into the body between the tag's marks, as servers from 25.11 on do. */
async function select(
  session: Session,
  fields: Fields,
  url: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  seen: ClickHouseFront['seen'],
): Promise<void> {
  const { sql, format } = splitFormat(fields.query, url.get('default_format') ?? 'TabSeparated');
  const stream = session.queryStreamBind(sql, fields.params, { format });
  const chunks = stream[Symbol.asyncIterator]();
  // A failure before the first chunk still gets a status of its own.
  let next = await chunks.next();
  const gzip =
    url.get('enable_http_compression') === '1' && /\bgzip\b/.test(String(request.headers['accept-encoding']));
  response.writeHead(200, {
    'X-ClickHouse-Format': format,
    'X-ClickHouse-Exception-Tag': exceptionTag,
    'X-ClickHouse-Summary': '{}',
    ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
  });
  async function* bytes(): AsyncGenerator<Buffer, void, void> {
    try {
      while (next.done !== true) {
        yield Buffer.from(next.value.raw());
        next = await chunks.next();
      }
    } catch (thrown) {
      const text = `${messageOf(thrown)}\n`;
      const mark = '__exception__';
      yield Buffer.from(
        `\r\n${mark}\r\n${exceptionTag}\n${text}${Buffer.byteLength(text)} ${exceptionTag}\r\n${mark}\r\n`,
      );
    } finally {
      await chunks.return?.();
    }
  }
  if (!gzip) return pipeline(Readable.from(bytes()), response).catch(gone(response));
  seen.gzipOut++;
  return pipeline(Readable.from(bytes()), createGzip({ level: 1 }), response).catch(gone(response));
}

/** A client that hung up is no failure of the front; the statement ends with its stream. */
function gone(response: ServerResponse): (thrown: unknown) => void {
  return (thrown) => {
    if (!response.destroyed) throw thrown;
  };
}

function splitFormat(query: string, fallback: string): { sql: string; format: string } {
  const found = /\s+FORMAT\s+(\w+)\s*;?\s*$/i.exec(query);
  return found === null
    ? { sql: query, format: fallback }
    : { sql: query.slice(0, found.index), format: found[1] ?? fallback };
}

/** Status by exception code, as the server's HTTP handler has them. */
const statuses: Readonly<Record<number, number>> = {
  516: 403,
  497: 403,
  60: 404,
  81: 404,
  47: 404,
  62: 400,
  27: 400,
  159: 408,
  241: 500,
};

function fail(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = messageOf(thrown);
  const code = Number(/\bCode: (\d+)\./.exec(message)?.[1] ?? 1002);
  response.writeHead(statuses[code] ?? 500, {
    'X-ClickHouse-Exception-Code': String(code),
    'Content-Type': 'text/plain',
  });
  response.end(
    `${message.startsWith('Code:') ? message : `Code: ${code}. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`}\n`,
  );
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
