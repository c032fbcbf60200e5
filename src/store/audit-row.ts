/** Entries of the audit log, for every feature that writes one. */
import type { Instant } from '../base/clock.ts';
import { uuidv7 } from '../base/ids.ts';
import type { Actor } from '../model/actor.ts';
import type { RecordsTx } from './records.ts';
import { type NewRow, pgText } from './schema.ts';

interface AuditChange {
  readonly at: Instant;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'> & { readonly tenant: string };
  /** `alert.closed`, `session.started`. */
  readonly action: string;
  readonly resource: string;
  readonly resourceId: string;
  /** `ok` when absent. */
  readonly outcome?: 'ok' | 'denied' | 'failed';
  /** Never secrets, never raw events. */
  readonly details?: object;
  /** Address that asked; '' inside the service. */
  readonly peer?: string;
}

/** Written in the transaction of the change itself, it stands or falls with it. */
export async function audit(tx: RecordsTx, entry: AuditChange): Promise<void> {
  await tx.insertInto('audit').values(auditRow(entry)).execute();
}

/** For who writes many at once. */
export function auditRow(entry: AuditChange): NewRow<'audit'> {
  return {
    tenant: entry.actor.tenant,
    id: uuidv7(entry.at),
    at: new Date(entry.at),
    actor_kind: entry.actor.kind,
    actor_id: pgText(entry.actor.id),
    actor_name: pgText(entry.actor.name),
    action: entry.action,
    resource: entry.resource,
    resource_id: pgText(entry.resourceId),
    outcome: entry.outcome ?? 'ok',
    details: JSON.stringify(entry.details ?? {}, (_key, value: unknown) =>
      typeof value === 'string' ? pgText(value) : value,
    ),
    peer: entry.peer ?? '',
  };
}
