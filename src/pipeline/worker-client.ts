/** The main thread's side of the pipeline worker. */
import { spawnThread } from '../base/thread.ts';
import type { ActiveRule } from './evaluate.ts';
import type { BatchInput, ProcessedBatch } from './process.ts';
import type { WorkerAnswer, WorkerData, WorkerRequest } from './worker-protocol.ts';

export interface PipelineWorker {
  /** Puts rules in force for every batch that is given after this call. Returns how many compiled, and which did not. */
  setRules(rules: readonly ActiveRule[]): Promise<Extract<WorkerAnswer, { readonly kind: 'rules' }>>;
  /** Batches are answered in the order they are given. `batch.buffer` is transferred: it is empty afterwards. */
  process(batch: BatchInput, want: { readonly rows: boolean }): Promise<ProcessedBatch>;
  /** Resolves with the reason when the thread ends by itself. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: WorkerAnswer): void;
  reject(error: Error): void;
}

/** `entry`: the worker's module (source under tsx and vitest, bundle in a build). */
export function startPipelineWorker(entry: URL, data: WorkerData): PipelineWorker {
  const worker = spawnThread(entry, data);
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let dead: Error | null = null;
  let tell: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    tell = resolve;
  });

  const fail = (error: Error): void => {
    if (dead === null) tell(error);
    dead ??= error;
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  };
  worker.on('message', ({ id, answer, failure }: { id: number; answer?: WorkerAnswer; failure?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (answer !== undefined) one?.resolve(answer);
    else one?.reject(new Error(`pipeline worker: ${failure ?? 'no answer'}`));
  });
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => fail(new Error(`the pipeline worker ended (exit code ${code})`)));

  function ask(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<WorkerAnswer> {
    if (dead !== null) return Promise.reject(dead);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, request }, transfer);
    });
  }

  return {
    failed,
    async setRules(rules) {
      const answer = await ask({ kind: 'rules', rules });
      if (answer.kind !== 'rules') throw new Error('the pipeline worker answered another question');
      return answer;
    },
    async process(batch, want) {
      const { buffer } = batch.buffer;
      const answer = await ask(
        { kind: 'batch', batch, rows: want.rows },
        buffer instanceof ArrayBuffer ? [buffer] : [],
      );
      if (answer.kind !== 'batch') throw new Error('the pipeline worker answered another question');
      return answer.batch;
    },
    async close() {
      dead ??= new Error('the pipeline worker is closed');
      await worker.terminate();
    },
  };
}
