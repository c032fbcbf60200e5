/** Streams of steps of which the last one says that it was the last. */

/** The service went away before the stream was done: what came is not all there is. */
export class LostStream extends Error {
  override readonly name = 'LostStream';
}

/** The steps of a stream; throws LostStream when it ends without one of the type `done`, and what `signal` was aborted with. */
export async function* untilDone<Step extends { readonly type: string }>(
  steps: AsyncIterable<Step>,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  let done = false;
  for await (const step of steps) {
    done ||= step.type === 'done';
    yield step;
  }
  signal.throwIfAborted();
  if (!done) throw new LostStream('the service went away before it was done: this is not all there is');
}
