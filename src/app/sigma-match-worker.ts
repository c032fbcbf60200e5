/** A thread of `sigma match`: takes frames in order, answers in order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RecordContext } from '../model/batch.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { type FrameInput, FrameMatcher, type MatcherSettings } from './sigma-match-frame.ts';

function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('this runs in a thread only');
  const matcher = new FrameMatcher(workerData as MatcherSettings, parsers);
  let last: RecordContext | null = null;
  port.on('message', (frame: FrameInput | null) => {
    // Asked whether all is done that comes after an answer.
    if (frame === null) return port.postMessage(null);
    // Decoders keep what they read of a table's header by the context, which comes as a new copy each time.
    if (last === null || JSON.stringify(last) !== JSON.stringify(frame.context)) last = frame.context;
    port.postMessage(matcher.match({ ...frame, context: last }));
    // After the answer, which nobody should wait for longer.
    matcher.keep();
  });
}

main();
