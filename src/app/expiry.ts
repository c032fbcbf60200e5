/** Expiry: whole days of receipt leave the event store after the retention, unless a legal hold keeps them. */
import { type Clock, toIso, utcDay } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { uuidv7 } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { systemActor } from '../features/access/audit.ts';
import type { Actor } from '../model/actor.ts';
import { mainTenant, type TenantId } from '../model/ids.ts';
import { audit } from '../store/audit-row.ts';
import type { EventStore } from '../store/events.ts';
import type { Records } from '../store/records.ts';
import { pgText } from '../store/schema.ts';

export interface LegalHold {
  readonly id: string;
  readonly reason: string;
  /** UTC days of receipt, inclusive. */
  readonly fromDay: string;
  readonly toDay: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly releasedAt: number | null;
}

export interface Expiry {
  /** Drops what is past the retention. Returns the days dropped. Does nothing twice. */
  run(): Promise<readonly string[]>;
  holds(tenant: TenantId): Promise<readonly LegalHold[]>;
  hold(
    actor: Actor,
    wanted: Pick<LegalHold, 'reason' | 'fromDay' | 'toDay'>,
  ): Promise<{ readonly id: string }>;
  release(actor: Actor, id: string): Promise<{ readonly id: string }>;
}

export interface ExpiryDeps {
  readonly records: Records;
  readonly events: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retentionMs: number;
}

const maxHolds = 10_000;

export function createExpiry(deps: ExpiryDeps): Expiry {
  const { records, events, clock, logger } = deps;

  /** Days hold events of every tenant, so a hold of any tenant keeps its days. */
  async function inForce(): Promise<readonly { readonly from: string; readonly to: string }[]> {
    const rows = await records.db
      .selectFrom('legal_holds')
      .select(['from_day', 'to_day'])
      .where('released_at', 'is', null)
      .limit(maxHolds)
      .execute();
    return rows.map((row) => ({ from: row.from_day, to: row.to_day }));
  }

  return {
    async run() {
      const before = utcDay(clock.now() - deps.retentionMs);
      const dropped = await events.expire(before, await inForce());
      if (dropped.length > 0) {
        logger.info({ days: dropped.length, first: dropped[0], before }, 'events past the retention dropped');
        await records.transaction((tx) =>
          audit(tx, {
            at: clock.now(),
            actor: systemActor(mainTenant),
            action: 'events.expired',
            resource: 'event',
            resourceId: '',
            outcome: 'ok',
            details: { days: dropped.slice(0, 1_000), count: dropped.length, before },
          }),
        );
      }
      return dropped;
    },

    async holds(tenant) {
      const rows = await records.db
        .selectFrom('legal_holds')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('created_at', 'desc')
        .limit(maxHolds)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        reason: row.reason,
        fromDay: row.from_day,
        toDay: row.to_day,
        createdBy: row.created_by,
        createdAt: row.created_at.getTime(),
        releasedAt: row.released_at?.getTime() ?? null,
      }));
    },

    async hold(actor, wanted) {
      if (wanted.fromDay > wanted.toDay) {
        throw new AppError(
          'E_BAD_REQUEST',
          `the hold ends (${wanted.toDay}) before it begins (${wanted.fromDay})`,
        );
      }
      const now = clock.now();
      const id = uuidv7(now);
      await records.transaction(async (tx) => {
        await tx
          .insertInto('legal_holds')
          .values({
            tenant: actor.tenant,
            id,
            reason: pgText(wanted.reason),
            from_day: wanted.fromDay,
            to_day: wanted.toDay,
            created_by: actor.name,
            created_at: toIso(now),
            released_at: null,
          })
          .execute();
        const details = { fromDay: wanted.fromDay, toDay: wanted.toDay };
        await audit(tx, {
          at: now,
          actor,
          action: 'hold.created',
          resource: 'legal_hold',
          resourceId: id,
          outcome: 'ok',
          details,
        });
      });
      return { id };
    },

    async release(actor, id) {
      const now = clock.now();
      await records.transaction(async (tx) => {
        const released = await tx
          .updateTable('legal_holds')
          .set({ released_at: toIso(now) })
          .where('tenant', '=', actor.tenant)
          .where('id', '=', id)
          .where('released_at', 'is', null)
          .returning('id')
          .executeTakeFirst();
        if (released === undefined)
          throw new AppError('E_NOT_FOUND', `there is no legal hold ${id} in force`);
        await audit(tx, {
          at: now,
          actor,
          action: 'hold.released',
          resource: 'legal_hold',
          resourceId: id,
          outcome: 'ok',
        });
      });
      return { id };
    },
  };
}
