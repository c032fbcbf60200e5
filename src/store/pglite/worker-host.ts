/** Starts and stops the engine's worker thread. */
import { spawnThread } from '../../base/thread.ts';
import type { Origin } from './directory.ts';
import type { WorkerInput, WorkerMessage } from './worker.ts';

export interface EngineWorker {
  readonly origin: Origin;
  /** Closes the engine cleanly and ends the thread. */
  stop(): Promise<void>;
}

/**
 * Runs `workerUrl`, waits until its socket listens. `onFailure` is called once if the thread ends
 * without having been told to.
 */
export async function startWorker(
  workerUrl: URL,
  input: WorkerInput,
  onFailure: (error: Error) => void,
): Promise<EngineWorker> {
  const worker = spawnThread(workerUrl, input);
  const origin = await new Promise<Origin>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`the embedded records engine ended with code ${code} at start`)),
    );
    worker.once('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') resolve(message.origin);
    });
  });
  worker.removeAllListeners();
  let stopping = false;
  let failure: Error | null = null;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  worker.once('exit', (code) => {
    if (!stopping) onFailure(failure ?? new Error(`the embedded records engine ended with code ${code}`));
  });
  return {
    origin,
    async stop() {
      if (!stopping && failure === null) {
        stopping = true;
        worker.postMessage('stop');
      }
      await exited;
      if (stopping && failure !== null) throw failure;
    },
  };
}
