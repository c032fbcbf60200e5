/** Which database errors mean that the store is away, busy or full, and which may be tried again. */
import { AppError, messageOf } from '../../base/errors.ts';
import { sqlState } from '../records.ts';

/** Serialisation failure and deadlock: the transaction did nothing and may run again. */
export function isRetryable(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state === '40001' || state === '40P01';
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Errors of the connection become AppErrors; errors of a statement pass as they are. */
export function translate(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return thrown;
  const state = sqlState(thrown);
  if (state === '53100') {
    return new AppError('E_DISK_FULL', 'the records store has no disk space left: free some', {}, thrown);
  }
  if (state !== null && (state.startsWith('08') || state.startsWith('57P') || state === '53300')) {
    return unavailable(thrown);
  }
  const code: unknown = (thrown as Error & { code?: unknown }).code;
  if (typeof code === 'string' && networkCodes.has(code)) return unavailable(thrown);
  if (thrown.message.startsWith('timeout exceeded when trying to connect')) {
    return new AppError('E_BUSY', 'the records store had no free connection in time: try again', {}, thrown);
  }
  if (
    /^(Connection terminated|Client has encountered a connection error|Cannot use a pool after)/.test(
      thrown.message,
    )
  ) {
    return unavailable(thrown);
  }
  return thrown;
}

function unavailable(cause: Error): AppError {
  return new AppError(
    'E_STORE_UNAVAILABLE',
    `the records store is not reachable: ${messageOf(cause)}`,
    {},
    cause,
  );
}
