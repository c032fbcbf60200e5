/**
 * One `pg` pool for the embedded engine and a server, handed to kysely through a small face that
 * keeps three promises: a commit that did not commit is an error, a connection goes back to the pool
 * outside of any transaction, and code inside a transaction can't reach past it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { translate } from './errors.ts';
import { typeParsers } from './types.ts';

export interface PoolOptions {
  /** Address and credentials, as `pg` takes them. */
  readonly connection: pg.ClientConfig;
  readonly max: number;
  /** How long a caller waits for a free connection before E_BUSY. */
  readonly waitMs: number;
  readonly logger: Logger;
}

export interface GuardedPool extends PostgresPool {
  /** Runs `work` as the inside of a transaction: taking another connection there throws. */
  insideTransaction<T>(work: () => Promise<T>): Promise<T>;
}

export function openPool(options: PoolOptions): GuardedPool {
  const pool = new pg.Pool({
    statement_timeout: 60_000,
    ...options.connection,
    max: options.max,
    connectionTimeoutMillis: options.waitMs,
    idleTimeoutMillis: 0,
    types: typeParsers,
  });
  // Both are needed: an 'error' event without a listener ends the process, and the pool listens only
  // to idle clients. Who is using the client learns of it from its own statement.
  pool.on('error', (error) => {
    options.logger.warn({ error: messageOf(error) }, 'an idle connection to the records store was lost');
  });
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      options.logger.debug({ error: messageOf(error) }, 'a connection to the records store was lost');
    });
  });
  const inside = new AsyncLocalStorage<{ open: boolean }>();
  return {
    async connect() {
      if (inside.getStore()?.open === true) {
        throw new Error('a transaction is open here: use its `tx`, not the records store itself');
      }
      try {
        return guardClient(await pool.connect(), options.logger);
      } catch (error) {
        throw translate(error);
      }
    },
    end: () => pool.end(),
    async insideTransaction(work) {
      const scope = { open: true };
      try {
        return await inside.run(scope, work);
      } finally {
        scope.open = false;
      }
    },
  };
}

function guardClient(client: pg.PoolClient, logger: Logger): PostgresPoolClient {
  const query = async (text: string, values: readonly unknown[] = []) => {
    try {
      const result = await client.query(text, [...values]);
      if (text === 'commit' && result.command === 'ROLLBACK') {
        throw new Error('the transaction was rolled back at commit, because a statement in it had failed');
      }
      return result;
    } catch (error) {
      throw translate(error);
    }
  };
  const release = () => {
    // A statement that failed is told of before the server says in what state that left the connection.
    if (isAnswering(client)) answered(client, () => leave(client, logger));
    else leave(client, logger);
  };
  return { query, release } as unknown as PostgresPoolClient;
}

/** From a statement until the server's ReadyForQuery, on a connection that lives. The driver's types do not tell of it. */
function isAnswering(client: pg.PoolClient): boolean {
  const lives = Reflect.get(client, '_queryable') === true && Reflect.get(client, '_ended') !== true;
  return lives && Reflect.get(client, 'readyForQuery') === false;
}

/** Calls `then` once, when the statement under way is over or the connection is. */
function answered(client: pg.PoolClient, then: () => void): void {
  const over = (): void => {
    client.off('drain', over);
    client.off('end', over);
    then();
  };
  client.on('drain', over);
  client.on('end', over);
}

function leave(client: pg.PoolClient, logger: Logger): void {
  const status = client.getTransactionStatus();
  if (status === 'I') client.release();
  else void leaveTransaction(client, status, logger);
}

/** A script that failed between its own BEGIN and COMMIT leaves a transaction that the next user would inherit. */
async function leaveTransaction(client: pg.PoolClient, status: string | null, logger: Logger): Promise<void> {
  try {
    await client.query('rollback');
    client.release();
  } catch (error) {
    logger.warn({ status, error: messageOf(error) }, 'a connection to the records store was thrown away');
    client.release(true);
  }
}
