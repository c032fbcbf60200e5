/** One way from whatever was thrown to `application/problem+json` (RFC 9457). */
import { STATUS_CODES } from 'node:http';
import { ORPCError } from '@orpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, errorCatalogue } from '../base/errors.ts';
import type { Problem } from './contract/problem.ts';
import { problemType } from './contract/problem-fetch.ts';

/** A fault of ours: what was thrown goes to the log, under the request's id, and nowhere else. */
export interface Judged {
  readonly problem: Problem;
  readonly fault: boolean;
}

function problem(
  code: ErrorCode | 'E_INTERNAL',
  status: number,
  detail: string,
  requestId: string,
  details: Readonly<Record<string, unknown>> = {},
): Problem {
  return {
    type: `urn:watchfloor:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    instance: `urn:uuid:${requestId}`,
    details,
  };
}

interface Issue {
  readonly path: string;
  readonly message: string;
}

/** What a schema found, with the way to each field as `rules[2].path`. */
function issuesOf(error: ORPCError<string, unknown>): readonly Issue[] | null {
  const data = error.data;
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return null;
  const issues: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[] =
    data.issues;
  return issues.slice(0, 50).map(({ path = [], message }) => ({ path: pathText(path), message }));
}

function pathText(path: readonly (PropertyKey | { key: PropertyKey })[]): string {
  return path
    .map((part) => (typeof part === 'object' ? part.key : part))
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

const codes: Readonly<Record<number, ErrorCode>> = {
  403: 'E_FORBIDDEN',
  404: 'E_NOT_FOUND',
  413: 'E_TOO_LARGE',
};

/** Refusals of Fastify (with a code of theirs) and of its static files (marked as fit to be shown). */
function refusedByFastify(thrown: unknown): { status: number; message: string } | null {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  const { statusCode, message } = thrown;
  const known = 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('FST_');
  const shown = 'expose' in thrown && thrown.expose === true;
  if (typeof statusCode !== 'number' || !(known || shown)) return null;
  return statusCode >= 400 && statusCode < 500 ? { status: statusCode, message } : null;
}

export function judge(thrown: unknown, requestId: string): Judged {
  if (thrown instanceof AppError) {
    const { code, status, message, details } = thrown;
    return { problem: problem(code, status, message, requestId, details), fault: false };
  }
  if (thrown instanceof ORPCError && thrown.status < 500) {
    const issues = issuesOf(thrown);
    const detail = issues
      ?.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ');
    const { E_BAD_REQUEST: status } = errorCatalogue;
    const details = issues === null ? {} : { issues };
    return {
      problem: problem('E_BAD_REQUEST', status, detail ?? thrown.message, requestId, details),
      fault: false,
    };
  }
  const refused = refusedByFastify(thrown);
  if (refused !== null) {
    const code = codes[refused.status] ?? 'E_BAD_REQUEST';
    return { problem: problem(code, refused.status, refused.message, requestId), fault: false };
  }
  const detail = 'The service failed; its log has the cause under this request id.';
  return { problem: problem('E_INTERNAL', 500, detail, requestId), fault: true };
}

/** A sender still sending gets this long, and this much is thrown away for it, before the connection goes. */
const lingerMs = 5_000;
const lingerBytes = 64 << 20;

/**
 * Answers, and where the body is still coming in closes cleanly: the answer goes out whole, the
 * rest of the body is read and thrown away. To close at once would make the kernel reset the
 * connection, and the sender would lose the answer.
 */
export async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
): Promise<FastifyReply> {
  const { retryAfterS } = problem.details;
  if (typeof retryAfterS === 'number') reply.header('retry-after', retryAfterS);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.header('cache-control', 'no-store');
  if (bodyIsIn(request)) return reply.code(problem.status).type(problemType).send(problem);

  const body = Buffer.from(JSON.stringify(problem));
  takeOver(reply, problem.status, {
    'content-type': problemType,
    'content-length': body.byteLength,
    connection: 'close',
  });
  reply.raw.write(body);
  await drain(request);
  reply.raw.end();
  return reply;
}

/** From here on the answer is written by hand, with the headers that were already set. */
export function takeOver(
  reply: FastifyReply,
  status: number,
  headers: Readonly<Record<string, string | number>>,
): void {
  reply.hijack();
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...headers })) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(status);
}

function bodyIsIn(request: FastifyRequest): boolean {
  const { headers, complete } = request.raw;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return complete || !hasBody;
}

/** Reads and drops what a sender still sends, until it is done, gone or over the limits. */
export async function drain(request: FastifyRequest): Promise<void> {
  const { raw } = request;
  if (raw.complete || raw.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, lingerMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    raw.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > lingerBytes) done();
    });
    raw.once('end', done).once('close', done).once('error', done);
    raw.resume();
  });
}
