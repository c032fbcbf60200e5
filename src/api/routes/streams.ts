/** Answers that take long: what ends them, and what is told of their end once they have begun. */
import { ORPCError } from '@orpc/server';
import { AppError } from '../../base/errors.ts';
import type { CallContext } from './context.ts';

/** Aborts when the caller goes away or the service stops. */
export function endsWith(
  context: Pick<CallContext, 'stopping'>,
  signal: AbortSignal | undefined,
): AbortSignal {
  return AbortSignal.any([context.stopping, ...(signal === undefined ? [] : [signal])]);
}

/**
 * What was ended because the service stops, or because nobody waits for it any more, is told as that and is no fault
 * of the service; everything else stays what it is. `signal`: aborted when the caller went away.
 */
export function orEnded(
  thrown: unknown,
  { stopping }: Pick<CallContext, 'stopping'>,
  signal: AbortSignal | undefined,
): unknown {
  if (!(thrown instanceof Error) || thrown.name !== 'AbortError') return thrown;
  if (stopping.aborted) return new AppError('E_BUSY', 'The service is stopping.');
  return signal?.aborted === true
    ? new AppError('E_BAD_REQUEST', 'The caller went away before the answer.')
    : thrown;
}

/** The steps; a refusal among them goes out by its code, since no problem document can tell it any more. */
export async function* streamed<Step, Item>(
  steps: AsyncIterable<Step>,
  view: (step: Step) => Item,
  context: Pick<CallContext, 'stopping'>,
): AsyncGenerator<Item, void, void> {
  try {
    for await (const step of steps) yield view(step);
  } catch (thrown) {
    const told = orEnded(thrown, context, undefined);
    if (!(told instanceof AppError)) throw thrown;
    const { code, status, message, details } = told;
    throw new ORPCError(code, { status, message, data: details });
  }
}
