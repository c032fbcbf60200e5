/** The pipeline's worker thread: takes batches in order, answers in order. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { createEvaluator, type Evaluator } from './evaluate.ts';
import { processBatch } from './process.ts';
import { programCache } from './program-cache.ts';
import { cachedReader, plainReader } from './rule-reader.ts';
import type { WorkerAnswer, WorkerData, WorkerRequest } from './worker-protocol.ts';

function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('the pipeline worker runs in a worker thread only');
  const { mappings: mappingsYaml, range, filterReading, cache } = workerData as WorkerData;
  const mappings = parseMappings(mappingsYaml);
  const reader = cache === undefined ? plainReader() : cachedReader(cache);
  const programs = cache === undefined ? undefined : programCache(cache);
  let evaluator: Evaluator = createEvaluator([], mappings);

  const handle = (request: WorkerRequest): WorkerAnswer => {
    if (request.kind === 'rules') {
      evaluator = createEvaluator(request.rules, mappings, filterReading, reader, programs);
      const { size, refused, stateful } = evaluator;
      return { kind: 'rules', size, refused, stateful };
    }
    return {
      kind: 'batch',
      batch: processBatch(request.batch, { parsers, evaluator, range }, { rows: request.rows }),
    };
  };

  port.on('message', ({ id, request }: { id: number; request: WorkerRequest }) => {
    try {
      const answer = handle(request);
      port.postMessage({ id, answer }, answer.kind === 'batch' ? transferable(answer.batch.rows) : []);
      // After the answer, which nobody should wait for longer. What can not be kept is read again at the next start.
      if (answer.kind === 'rules') reader.keep();
      programs?.keep();
    } catch (thrown) {
      // A throw here is a bug in a parser or in the engine: it belongs to the request, not to the thread.
      port.postMessage({
        id,
        failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown),
      });
    }
  });
}

/** Only a buffer that owns its memory may be transferred; small ones come from Node's shared pool. */
function transferable(bytes: Uint8Array): ArrayBuffer[] {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength && bytes.byteLength > 0
    ? [buffer]
    : [];
}

main();
