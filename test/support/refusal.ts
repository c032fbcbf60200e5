import { AppError } from '../../src/base/errors.ts';

/** The AppError that the work ends with; throws when it ends otherwise. */
export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error(`expected a refusal, got ${String(thrown)}`);
  return thrown;
}
