/** Finds whom to ask: a service elsewhere, one that runs on this data directory, or one of our own for the moment. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { type Contract, contract } from '../api/contract/index.ts';
import { decodeProblem } from '../api/contract/problem.ts';
import { problemFetch } from '../api/contract/problem-fetch.ts';
import { readServiceFile } from '../app/service-file.ts';
import { AppError, type ErrorCode, errorCatalogue } from '../base/errors.ts';
import { type CommonOptions, configOf } from './options.ts';
import { startOwnService } from './own-service.ts';

export type ApiClient = ContractRouterClient<Contract>;

export interface Target {
  readonly url: string;
  readonly api: ApiClient;
  /** Streams a body to a raw route that answers JSON lines; calls `onLine` for each. */
  upload(
    path: string,
    body: Readable,
    onLine: (line: Readonly<Record<string, unknown>>) => void,
    signal: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Throws AppError E_DATA_LOCKED, E_STORE_UNAVAILABLE and what starting a service throws. */
export async function openTarget(options: CommonOptions): Promise<Target> {
  const server = options.server ?? process.env['WATCHFLOOR_SERVER'];
  if (server !== undefined) {
    const token = options.token ?? process.env['WATCHFLOOR_TOKEN'];
    if (token === undefined)
      throw new AppError('E_CONFIG', '--server needs a token: give WATCHFLOOR_TOKEN or --token');
    return target(server.replace(/\/+$/, ''), token, async () => undefined);
  }
  const config = configOf(options);
  const running = await readServiceFile(config.data);
  if (running !== null && (await answers(running.url)))
    return target(running.url, running.token, async () => undefined);
  const service = await startOwnService(options);
  return target(service.url, service.token, () => service.stop());
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(3_000) });
    return response.ok;
  } catch (thrown) {
    // Refused, unreachable or silent: the file was left by a service that was killed.
    if (thrown instanceof TypeError || (thrown instanceof DOMException && thrown.name === 'TimeoutError'))
      return false;
    throw thrown;
  }
}

function target(url: string, token: string, close: () => Promise<void>): Target {
  const headers = { authorization: `Bearer ${token}` };
  const link = new OpenAPILink(contract, {
    url: `${url}/api`,
    headers: () => headers,
    fetch: problemFetch,
    customErrorResponseBodyDecoder: decodeProblem,
  });
  const api: ApiClient = createORPCClient(link);
  return {
    url,
    api,
    close,
    upload: (path, body, onLine, signal) => upload(`${url}${path}`, headers, body, onLine, signal),
  };
}

/** Full duplex, which fetch is not: progress comes while the body still goes. */
function upload(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Readable,
  onLine: (line: Readonly<Record<string, unknown>>) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const open = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = open(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      signal,
    });
    let answered = false;
    const broke = (error: Error): void => {
      if (signal.aborted) reject(signal.reason);
      else
        reject(
          new AppError(
            'E_STORE_UNAVAILABLE',
            `the connection to ${new URL(url).origin} broke: ${error.message}`,
            {},
            error,
          ),
        );
    };
    request.on('error', (error) => {
      // A service that refuses early closes the connection; its answer says more than the broken pipe.
      if (!answered) broke(error);
    });
    request.on('response', (response) => {
      answered = true;
      const lines = createInterface({ input: response });
      lines.on('line', (line) => {
        if (line === '') return;
        try {
          const parsed = JSON.parse(line) as Record<string, unknown>;
          if (response.statusCode === 200) onLine(parsed);
          else reject(problemError(parsed));
        } catch (thrown) {
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      });
      lines.on('close', () => resolve());
      // Errors of the response come through here.
      lines.on('error', broke);
    });
    body.on('error', (error) => {
      request.destroy();
      reject(error);
    });
    body.pipe(request);
  });
}

/** A problem document (RFC 9457) as the error it tells of. */
export function problemError(problem: Readonly<Record<string, unknown>>): AppError {
  const code =
    typeof problem['code'] === 'string' && problem['code'] in errorCatalogue
      ? (problem['code'] as ErrorCode)
      : 'E_BAD_REQUEST';
  const text = [problem['detail'], problem['title']].find((one) => typeof one === 'string');
  return new AppError(code, text ?? 'the service refused this');
}
