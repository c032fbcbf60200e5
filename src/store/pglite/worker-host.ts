/** Starts and stops the engine's worker thread. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
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
  const worker = spawn(workerUrl, input);
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

/** From source the thread needs the TypeScript loader, which Node 20 does not pass on to threads by itself. */
function spawn(workerUrl: URL, input: WorkerInput): Worker {
  if (!workerUrl.pathname.endsWith('.ts')) return new Worker(workerUrl, { workerData: input });
  // `require.resolve` would find the loader's CommonJS build, which can't register itself in a thread.
  const loader = new URL(
    './dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  );
  const boot = `import(${JSON.stringify(loader.href)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(workerUrl.href)}); })`;
  return new Worker(boot, { eval: true, execArgv: [], workerData: input });
}
