/**
 * Entry of the engine's worker thread: opens the directory, serves the wire protocol on a unix
 * socket, and closes both when told. Anything that the engine itself can't survive ends the thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { type EngineOptions, type Origin, openEngine } from './directory.ts';

export interface WorkerInput extends EngineOptions {
  readonly socketPath: string;
}

export type WorkerMessage =
  | { readonly kind: 'ready'; readonly origin: Origin }
  | { readonly kind: 'stopped' };

const input = workerData as WorkerInput;
const { engine, origin } = await openEngine(input);
endOnEngineFailure(engine);
// Two, because a client that went away is counted until its socket's close is seen. The pool above
// has one: the server queues single wire messages, so two clients' statements would mix.
const server = new PGLiteSocketServer({ db: engine, path: input.socketPath, maxConnections: 2 });
await server.start();
parentPort?.on('message', () => void stop());
parentPort?.postMessage({ kind: 'ready', origin } satisfies WorkerMessage);

/** The socket server's queue never moves again after the engine has thrown: better no engine than a silent one. */
function endOnEngineFailure(engine: PGlite): void {
  const run = engine.execProtocolRawStream.bind(engine);
  engine.execProtocolRawStream = async (message, options) => {
    try {
      return await run(message, options);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
      throw error;
    }
  };
}

async function stop(): Promise<void> {
  await server.stop();
  // Writes a shutdown checkpoint: the next start has nothing to recover.
  await engine.close();
  parentPort?.postMessage({ kind: 'stopped' } satisfies WorkerMessage);
  parentPort?.close();
}
