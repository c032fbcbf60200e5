/** chDB in process as an engine client: a small pool of sessions, since one session runs one query at a time. */
import { type ChdbQueryStream, drainPending, Session } from 'chdb';
import { messageOf } from '../../base/errors.ts';
import { type EngineClient, EngineError, engineCodeIn } from '../clickhouse/engine.ts';

/** NDJSON as the adapter expects it; the rest of the engine's defaults fit. */
const format = 'JSONEachRow';

export function chdbClient(directory: string, width: number): EngineClient {
  const pool = sessionPool(directory, width);
  return {
    run: (sql) => pool.use((session) => session.queryAsync(sql, { format }).then(() => undefined)),
    async *ndjson(sql, params = {}) {
      const session = await pool.take();
      let failed = true;
      try {
        // Parameters are bound inside this synchronous call: bound on a thread, those of two sessions get mixed up.
        const stream: ChdbQueryStream = session.queryStreamBind(sql, params, {
          format,
        });
        for await (const chunk of stream) {
          failed = false;
          pool.rest(session);
          yield chunk.text();
          pool.resume(session);
          failed = true;
        }
        failed = false;
      } catch (thrown) {
        throw engineError(thrown);
      } finally {
        // A query that failed stays listed as running until its session runs another one.
        if (failed && session.open) await settle(session);
        pool.give(session);
      }
    },
    insert: (table, rows, settings) =>
      pool.use(async (session) => {
        await session.insert({ table, values: rows, format, settings: { ...settings } });
      }),
    close: () => pool.close(),
  };
}

async function settle(session: Session): Promise<void> {
  try {
    await session.queryAsync('SELECT 1', { format });
  } catch (thrown) {
    throw engineError(thrown);
  }
}

interface SessionPool {
  take(): Promise<Session>;
  give(session: Session): void;
  /** The session's answer waits for a reader who may never come back: closing need not wait for it. */
  rest(session: Session): void;
  /** The reader came back. Throws when the pool was closed meanwhile. */
  resume(session: Session): void;
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Sessions are opened when first needed; callers beyond the width wait in order. */
function sessionPool(directory: string, width: number): SessionPool {
  const idle: Session[] = [];
  const resting = new Set<Session>();
  const waiting: { resolve: (session: Session) => void; reject: (reason: Error) => void }[] = [];
  let open = 0;
  let closed = false;
  let quiet: (() => void) | undefined;

  /** Tells a waiting close when no session is at work any more. */
  function settleDown(): void {
    if (idle.length + resting.size === open) quiet?.();
  }

  async function take(): Promise<Session> {
    if (closed) throw closedError();
    const free = idle.pop();
    if (free !== undefined) return free;
    if (open < width) {
      const session = openSession(directory);
      open++;
      return session;
    }
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
  }

  function give(session: Session): void {
    resting.delete(session);
    if (!session.open) return;
    const next = closed ? undefined : waiting.shift();
    if (next !== undefined) return next.resolve(session);
    idle.push(session);
    settleDown();
  }

  return {
    take,
    give,
    rest(session) {
      resting.add(session);
      settleDown();
    },
    resume(session) {
      if (!session.open) throw closedError();
      resting.delete(session);
    },
    async use(work) {
      const session = await take();
      try {
        return await work(session);
      } catch (thrown) {
        throw engineError(thrown);
      } finally {
        give(session);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(closedError());
      if (idle.length + resting.size < open) {
        await new Promise<void>((resolve) => {
          quiet = resolve;
        });
      }
      for (const session of [...idle.splice(0), ...resting]) session.close();
      // A connection closed under a running native call takes the whole process with it.
      await drainPending();
    },
  };
}

function openSession(directory: string): Session {
  try {
    return new Session(directory);
  } catch (thrown) {
    throw engineError(thrown);
  }
}

function closedError(): EngineError {
  return new EngineError('closed', 0, 'the event store is closed');
}

function engineError(thrown: unknown): unknown {
  if (thrown instanceof EngineError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (typeof code !== 'string' || !code.startsWith('CHDB_')) return thrown;
  if (code === 'CHDB_CLOSED') return new EngineError('closed', 0, messageOf(thrown), thrown);
  const origin = code === 'CHDB_CONNECTION' ? 'connection' : 'engine';
  return new EngineError(origin, engineCodeIn(messageOf(thrown)), messageOf(thrown), thrown);
}
