/** Caps that end a hunt early: the answer is then a part, and says so. */
import type { PartialAnswer } from '../../api/routes/hunts-service.ts';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';

/** The cap of the store that a hunt ran into; anything else is thrown on. */
export function capOf(thrown: unknown): 'time' | 'memory' {
  if (thrown instanceof AppError && thrown.code === 'E_TOO_LARGE') {
    return thrown.details['cap'] === 'memory' ? 'memory' : 'time';
  }
  throw thrown;
}

/** Remembers where a count ended early. */
export class Stop {
  partial: PartialAnswer | null = null;

  readonly at = (before: Instant): void => {
    this.partial = { reason: 'examined', before };
  };

  /** What was counted, or nothing when the store's cap was hit. */
  async orCapped<T>(counted: Promise<T>, nothing: T): Promise<T> {
    try {
      return await counted;
    } catch (thrown) {
      this.partial = { reason: capOf(thrown), before: null };
      return nothing;
    }
  }
}
