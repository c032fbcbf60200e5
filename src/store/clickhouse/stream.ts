/** The rows of one hunt: capped, streamed, and ended in the engine when nobody wants them any more. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sleep } from '../../base/sleep.ts';
import {
  allRows,
  type EngineClients,
  EngineError,
  type Params,
  rowBlocks,
  type Settings,
  settingsClause,
} from './engine.ts';
import { abortError, explain } from './errors.ts';

/** Most that a hunt may ask for. */
export const maxLimit = 10_000;

/** Caps of one hunt. */
export interface HuntLimits {
  readonly maxSeconds: number;
  readonly maxMemoryBytes: number;
  readonly maxThreads: number;
}

export interface Hunting {
  readonly clients: EngineClients;
  readonly table: string;
  readonly limits: HuntLimits;
  /** Kills on their way, for whoever closes the clients. */
  readonly kills: Set<Promise<void>>;
}

/** Streams a query's rows; aborting, or leaving the loop, ends it in the engine as well. */
export async function* stream<T>(
  { clients, limits, kills }: Hunting,
  sql: string,
  params: Params,
  signal: AbortSignal | undefined,
  options: { readonly onRead?: (rowsRead: number, rowsTotal: number) => void } = {},
): AsyncGenerator<T, void, void> {
  throwIfAborted(signal);
  const tag = randomUUID();
  let over = false;
  let killing: Promise<void> | undefined;
  const kill = () => {
    killing ??= killTagged(clients, tag, () => over).finally(() => kills.delete(killing as Promise<void>));
    kills.add(killing);
  };
  signal?.addEventListener('abort', kill, { once: true });
  const telling = new AbortController();
  const told =
    options.onRead === undefined ? undefined : tellRead(clients, tag, telling.signal, options.onRead);
  try {
    const capped = `${sql}${settingsClause(huntSettings(limits, tag))}`;
    for await (const block of rowBlocks<T>(clients.hunter, capped, params)) {
      for (const row of block) {
        throwIfAborted(signal);
        yield row;
      }
    }
    over = true;
    throwIfAborted(signal);
  } catch (thrown) {
    throwIfAborted(signal);
    throw explain(thrown, { what: 'searching', hunt: true });
  } finally {
    signal?.removeEventListener('abort', kill);
    telling.abort();
    if (!over) {
      over = true;
      kill();
    }
    await killing;
    await told;
  }
}

const toldEveryMs = 250;

/** Tells how far the query with this tag is, until it is over. What the engine can't tell is left out. */
async function tellRead(
  clients: EngineClients,
  tag: string,
  over: AbortSignal,
  tell: (rowsRead: number, rowsTotal: number) => void,
): Promise<void> {
  const sql =
    "SELECT read_rows AS rowsRead, total_rows_approx AS rowsTotal FROM system.processes WHERE Settings['log_comment'] = {tag:String}";
  for (;;) {
    await sleep(toldEveryMs, over);
    if (over.aborted) return;
    try {
      const [row] = await allRows<{ rowsRead: number; rowsTotal: number }>(clients.admin, sql, { tag });
      if (row !== undefined && !over.aborted) tell(row.rowsRead, Math.max(row.rowsRead, row.rowsTotal));
    } catch (thrown) {
      // Progress is a courtesy: the query itself says what is wrong with the engine.
      if (!(thrown instanceof EngineError)) throw thrown;
      return;
    }
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

function huntSettings(limits: HuntLimits, tag: string): Settings {
  return {
    log_comment: tag,
    max_execution_time: limits.maxSeconds,
    max_memory_usage: limits.maxMemoryBytes,
    max_threads: limits.maxThreads,
    // Sort first, then read the wide columns of the rows that are left.
    query_plan_max_limit_for_lazy_materialization: maxLimit,
  };
}

/**
 * Ends the query that carries this tag. One that is only on its way to the engine is not listed
 * yet: so look again, until it was found or its stream is over.
 */
async function killTagged(clients: EngineClients, tag: string, over: () => boolean): Promise<void> {
  const listed = "SELECT query_id FROM system.processes WHERE Settings['log_comment'] = {tag:String}";
  for (let attempt = 0; attempt < 40; attempt++) {
    if ((await allRows(clients.admin, listed, { tag })).length > 0) {
      // The tag is a UUID made here. The engine takes no parameters in this statement when embedded.
      return clients.admin.run(`KILL QUERY WHERE Settings['log_comment'] = '${tag}' ASYNC`);
    }
    if (over()) return;
    await delay(50);
  }
}
