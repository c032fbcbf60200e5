/** What a failure of the engine means for the caller: full, away, too much asked for, or a bug of ours. */
import { AppError, messageOf } from '../../base/errors.ts';
import { EngineError } from './engine.ts';

/** NOT_ENOUGH_SPACE; a full disk also comes as a plain errno text under other codes. */
const notEnoughSpace = 243;
const fullDisk = /No space left on device|errno:? 28\b|ENOSPC|Disk quota exceeded/i;

/**
 * Codes after which the same statement may work later: timeouts of sockets and locks, servers that
 * shut down, lost coordination, too many parts or queries at once, memory that others hold, a user
 * that is refused (an operator's matter; nothing of the data is lost).
 */
const away = new Map<number, string>([
  [3, 'unexpected end of file'],
  [198, 'name not resolved'],
  [202, 'too many simultaneous queries'],
  [209, 'socket timeout'],
  [210, 'network error'],
  [225, 'no coordination service'],
  [236, 'shutting down'],
  [241, 'out of memory'],
  [242, 'table is read-only'],
  [252, 'too many parts'],
  [279, 'no replica reachable'],
  [285, 'too few live replicas'],
  [319, 'unknown status of an insert'],
  [394, 'cancelled in the engine'],
  [473, 'lock wait timed out'],
  [516, 'authentication failed'],
  [999, 'coordination service failed'],
]);

/** TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED, TOO_MANY_ROWS_OR_BYTES: a hunt's own caps. */
const caps = new Set([159, 160, 241, 396]);

export interface Doing {
  /** For the message: `storing batches 7 to 9`. */
  readonly what: string;
  /** A person's query: hitting a cap is the query's fault, not the store's. */
  readonly hunt?: boolean;
}

/** The error to throw for `thrown`; anything but an EngineError passes unchanged. */
export function explain(thrown: unknown, doing: Doing): unknown {
  if (!(thrown instanceof EngineError)) return thrown;
  const { engineCode, origin } = thrown;
  const reason = firstLine(thrown.message);
  if (origin === 'engine' && (engineCode === notEnoughSpace || fullDisk.test(thrown.message))) {
    return new AppError('E_DISK_FULL', `event store: no space left while ${doing.what}`, { reason }, thrown);
  }
  if (doing.hunt === true && caps.has(engineCode)) {
    return new AppError(
      'E_TOO_LARGE',
      'the search ran into its time or memory limit; narrow the time range or add a host or source',
      { reason, cap: engineCode === 241 ? 'memory' : 'time' },
      thrown,
    );
  }
  if (origin !== 'engine' || away.has(engineCode)) {
    const why = away.get(engineCode) ?? reason;
    return new AppError(
      'E_STORE_UNAVAILABLE',
      `event store not available while ${doing.what}: ${why}`,
      { reason },
      thrown,
    );
  }
  return new Error(`event store refused ${doing.what}: ${reason}`, { cause: thrown });
}

/** Runs `work`; an engine failure comes out as what it means. */
export async function explained<T>(doing: Doing, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw explain(thrown, doing);
  }
}

/** The engine repeats the row's values on further lines; a message for logs must not hold them. */
function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** An AbortError, as every abortable call of the platform gives it. */
export function abortError(signal: AbortSignal): DOMException {
  const why: unknown = signal.reason;
  const text =
    why instanceof DOMException && why.name === 'AbortError' ? 'the search was aborted' : messageOf(why);
  return new DOMException(text, 'AbortError');
}
