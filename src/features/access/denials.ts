/** Refused requests in the audit log: repeats fold into a count, so that a flood can't fill the store. */
import type { Clock, Instant } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Actor } from '../../model/actor.ts';
import { mainTenant } from '../../model/ids.ts';
import { audit } from '../../store/audit-row.ts';
import type { Records } from '../../store/records.ts';

export interface Denial {
  /** Null: nobody we know. */
  readonly actor: Actor | null;
  readonly peer: string;
  /** `no_credentials`, `bad_credentials`, `forbidden`, `cross_site`: few and fixed. */
  readonly reason: string;
  /** What was asked for. */
  readonly action: string;
  readonly resource: string;
}

export interface DenialLog {
  /** The first of its kind is written at once; repeats of the same peer and reason within a minute only count. */
  record(denial: Denial): Promise<void>;
  /** Writes what was counted; call it before the store closes. */
  flush(): Promise<void>;
}

interface Fold {
  readonly denial: Denial;
  readonly since: Instant;
  repeats: number;
}

export const foldMs = 60_000;
export function createDenialLog(deps: {
  readonly records: Pick<Records, 'transaction'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Beyond so many kinds at a time all further peers are counted together. */
  readonly maxFolds?: number;
}): DenialLog {
  const { records, clock, logger, maxFolds = 1_000 } = deps;
  const folds = new Map<string, Fold>();
  let timer: NodeJS.Timeout | undefined;

  async function write(denial: Denial, details: Readonly<Record<string, unknown>>): Promise<void> {
    const { peer, reason, action, resource } = denial;
    const actor = denial.actor ?? { kind: 'system', id: '', name: 'unknown', tenant: mainTenant };
    await records.transaction((tx) =>
      audit(tx, {
        at: clock.now(),
        actor,
        action,
        resource,
        resourceId: '',
        outcome: 'denied',
        details: { reason, ...details },
        peer,
      }),
    );
  }

  async function writeRepeats(over: (fold: Fold) => boolean): Promise<void> {
    for (const [key, fold] of folds) {
      if (!over(fold)) continue;
      folds.delete(key);
      if (fold.repeats > 0) await write(fold.denial, { repeats: fold.repeats, withinMs: foldMs });
    }
  }

  const isOver = (fold: Fold) => clock.now() - fold.since >= foldMs;

  /** A flood that stops leaves its count behind even if nobody asks again. */
  function schedule(): void {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      writeRepeats(isOver).then(
        () => {
          if (folds.size > 0) schedule();
        },
        (thrown: unknown) => logger.error({ error: messageOf(thrown) }, 'refused requests not audited'),
      );
    }, foldMs);
    timer.unref();
  }

  return {
    async record(denial) {
      await writeRepeats(isOver);
      const who = folds.size < maxFolds ? [denial.peer, denial.actor?.id ?? ''] : ['*', ''];
      // For somebody known it matters what was refused; a stranger may only ever fill one row.
      const what = denial.actor === null ? [] : [denial.action, denial.resource];
      const key = JSON.stringify([...who, denial.reason, ...what]);
      const fold = folds.get(key);
      if (fold !== undefined) {
        fold.repeats += 1;
        return;
      }
      const first = who[0] === '*' ? { ...denial, actor: null, peer: '*' } : denial;
      folds.set(key, { denial: first, since: clock.now(), repeats: 0 });
      schedule();
      await write(first, {});
    },
    async flush() {
      clearTimeout(timer);
      timer = undefined;
      await writeRepeats(() => true);
    },
  };
}
