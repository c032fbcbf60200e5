/** ClickHouse over HTTP as an engine client, through the vendor's client. */

import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { messageOf } from '../../base/errors.ts';
import { type EngineClient, EngineError, engineCodeIn, settingsClause } from './engine.ts';

const format = 'JSONEachRow';

export interface HttpOptions {
  /** `http://host:8123` or `https://…`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  /** Silence on a socket after which it is given up; default 5 minutes. */
  readonly timeoutMs?: number;
  /** Sockets; default 8. */
  readonly connections?: number;
}

export function httpClient(options: HttpOptions): EngineClient {
  const client = connect(options);
  const running = new Set<Promise<unknown>>();
  let closed = false;

  /** Refuses after close, and tells engine from network in what fails. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new EngineError('closed', 0, 'the event store is closed');
    const mine = work();
    running.add(mine);
    try {
      return await mine;
    } catch (thrown) {
      throw engineError(thrown);
    } finally {
      running.delete(mine);
    }
  }

  return {
    run: (sql) => guarded(() => client.command({ query: sql }).then(() => undefined)),
    async *ndjson(sql, params = {}) {
      const answer = await guarded(() => client.query({ query: sql, query_params: { ...params }, format }));
      try {
        for await (const rows of answer.stream()) {
          yield `${rows.map((row) => row.text).join('\n')}\n`;
        }
      } catch (thrown) {
        throw engineError(thrown);
      } finally {
        answer.close();
      }
    },
    insert: (table, rows, settings) =>
      guarded(async () => {
        const sql = `INSERT INTO ${table}${settingsClause(settings)} FORMAT ${format}`;
        const { stream } = await client.exec({
          query: sql,
          values: Readable.from([rows], { objectMode: false }),
          // The status comes after the insert is stored, so that it is the true one.
          clickhouse_settings: { wait_end_of_query: 1 },
        });
        for await (const chunk of stream) void chunk;
      }),
    async close() {
      closed = true;
      await Promise.allSettled(running);
      await client.close();
    },
  };
}

function connect(options: HttpOptions): ClickHouseClient {
  const { url, user, password, timeoutMs = 300_000, connections = 8 } = options;
  return createClient({
    url,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    request_timeout: timeoutMs,
    max_open_connections: connections,
    compression: { request: true, response: true },
    // Thousands of ids don't fit into a URL.
    use_multipart_params_auto: true,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 0,
      cancel_http_readonly_queries_on_client_close: 1,
    },
  });
}

function engineError(thrown: unknown): unknown {
  if (thrown instanceof EngineError) return thrown;
  if (thrown instanceof ClickHouseError) {
    return new EngineError(
      'engine',
      Number(thrown.code),
      `Code: ${thrown.code}. ${thrown.message} (${thrown.type ?? ''})`,
      thrown,
    );
  }
  const code = engineCodeIn(messageOf(thrown));
  // No exception of the engine in it: a socket that broke, a proxy's page, a cut answer.
  return new EngineError(code === 0 ? 'connection' : 'engine', code, messageOf(thrown), thrown);
}
