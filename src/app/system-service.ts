/** The state of the service, and what its operator does with it. */
import type { SystemService } from '../api/routes/services.ts';
import type { Clock, Instant } from '../base/clock.ts';
import type { Appender } from '../pipeline/appender.ts';
import type { Counters } from '../pipeline/counters.ts';
import { type DetectConsumer, detectCursor } from '../pipeline/detect-consumer.ts';
import { audit } from '../store/audit-row.ts';
import { writeBackup } from './backup.ts';
import type { Expiry } from './expiry.ts';
import type { RuleBook } from './rule-book.ts';
import type { Stores } from './stores.ts';
import { version } from './version.ts';

export interface SystemServiceDeps extends Stores {
  readonly clock: Clock;
  readonly startedAt: Instant;
  readonly appender: Appender;
  readonly detect: DetectConsumer;
  readonly counters: Counters;
  readonly expiry: Expiry;
  readonly ruleBook: RuleBook;
  /** One-time link for the administrator, good for 15 minutes. */
  readonly newSignInLink: () => Promise<{ readonly url: string; readonly expiresAt: Instant }>;
}

export function createSystemService(deps: SystemServiceDeps): SystemService {
  const { events, records, clock, appender, detect } = deps;
  return {
    async status(scope) {
      const [stats, bytes, off] = await Promise.all([
        events.stats(),
        records.sizeBytes(),
        records.db
          .selectFrom('rules')
          .select((eb) => eb.fn.countAll<string>().as('n'))
          .where('tenant', '=', scope.tenant)
          .where('state', '=', 'off')
          .executeTakeFirstOrThrow(),
      ]);
      const lastSeq = appender.lastStored();
      const seq = detect.position();
      return {
        version,
        startedAt: deps.startedAt,
        events: { ...stats, lastSeq },
        records: { bytes },
        consumers: [{ name: detectCursor, seq, lag: Math.max(0, lastSeq - seq) }],
        rules: { active: deps.ruleBook.size(), off: Number(off.n) },
        intake: deps.counters.snapshot(),
      };
    },
    async backup(actor, directory) {
      const report = await writeBackup(
        { events, records, clock, version, paused: (work) => appender.paused(work) },
        directory,
      );
      const { directory: where, ...details } = report;
      await records.transaction((tx) =>
        audit(tx, {
          at: clock.now(),
          actor,
          action: 'backup.written',
          resource: 'system',
          resourceId: where,
          outcome: 'ok',
          details,
        }),
      );
      return report;
    },
    async signInLink(actor) {
      const link = await deps.newSignInLink();
      await records.transaction((tx) =>
        audit(tx, {
          at: clock.now(),
          actor,
          action: 'sign_in_link.requested',
          resource: 'system',
          resourceId: '',
          outcome: 'ok',
        }),
      );
      return link;
    },
    holds: (scope) => deps.expiry.holds(scope.tenant),
    hold: (actor, wanted) => deps.expiry.hold(actor, wanted),
    async releaseHold(actor, id) {
      await deps.expiry.release(actor, id);
    },
  };
}
