/** The audit log as it is read: who did what. */
import type { Instant } from '../../base/clock.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';

/** An entry as it is read back. */
export interface AuditRecord {
  readonly id: string;
  readonly at: Instant;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
  readonly action: string;
  readonly resource: string;
  readonly resourceId: string;
  readonly outcome: 'ok' | 'denied' | 'failed';
  readonly details: Readonly<Record<string, unknown>>;
  readonly peer: string;
}

export interface AuditQuery {
  readonly resource?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface AuditReader {
  /** Newest first. */
  list(
    scope: Scope,
    query: AuditQuery,
  ): Promise<{ readonly items: readonly AuditRecord[]; readonly nextCursor: string | null }>;
}

export function createAuditReader(records: Pick<Records, 'db'>): AuditReader {
  return {
    async list(scope, query) {
      let select = records.db.selectFrom('audit').selectAll().where('tenant', '=', scope.tenant);
      if (query.resource !== undefined) select = select.where('resource', '=', query.resource);
      if (query.resourceId !== undefined) select = select.where('resource_id', '=', query.resourceId);
      // Ids are UUIDv7: their order is the order of time, and unlike time it has no equals.
      if (query.cursor !== undefined) select = select.where('id', '<', query.cursor);
      const rows = await select
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      const items = rows.slice(0, query.limit).map((row) => ({
        id: row.id,
        at: row.at.getTime(),
        actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        resource: row.resource,
        resourceId: row.resource_id,
        outcome: row.outcome,
        details: row.details,
        peer: row.peer,
      }));
      return { items, nextCursor: rows.length > query.limit ? (items.at(-1)?.id ?? null) : null };
    },
  };
}

/** The service itself, where no person asked. */
export function systemActor(tenant: Scope['tenant']): Actor {
  return { kind: 'system', id: 'system', name: 'Watchfloor', tenant, roles: [] };
}
