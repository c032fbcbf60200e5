/** What people do with alerts: look, assign, comment, close, reopen. */
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import { isUniqueViolation, type Records, type RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { changeAlert } from './change.ts';
import { getAlert } from './detail.ts';
import { listAlerts } from './list.ts';
import { alertKey, toSummary } from './rows.ts';
import type { AlertsService, OwnerIdentity } from './types.ts';

export interface AlertsDeps {
  readonly records: Pick<Records, 'db' | 'transaction'>;
  readonly clock: Clock;
  /** Who may own an alert of this tenant; null for an id that nobody has, or that may not. */
  identities(tenant: TenantId, id: string): Promise<OwnerIdentity | null>;
}

export function createAlerts(deps: AlertsDeps): AlertsService {
  const { records, clock } = deps;
  const asked = (actor: Actor, id: string, version: number | null) => ({
    actor,
    id,
    version,
    now: clock.now(),
  });
  return {
    list: (actor, query) => listAlerts(records.db, actor, query),
    get: (scope, id) => getAlert(records.db, scope, id),
    async assign(actor, id, version, owner) {
      // Asked before the transaction: the embedded engine has one session, which the transaction holds.
      const found = owner === null ? null : await findOwner(deps, actor, owner);
      return await changeAlert(records, asked(actor, id, version), (row) => assignment(row, found));
    },
    async comment(actor, id, text) {
      const change = { patch: {}, kind: 'commented' as const, data: { text: pgText(text) } };
      return await changeAlert(records, asked(actor, id, null), () => change);
    },
    async close(actor, id, version, verdict, reason) {
      const request = asked(actor, id, version);
      return await changeAlert(records, request, (row) => {
        refuseClosed(row);
        const taken = row.owner_id === null;
        return {
          patch: {
            status: 'closed',
            verdict,
            closed_at: new Date(request.now),
            ...(taken ? { owner_id: actor.id, owner_name: pgText(actor.name) } : {}),
          },
          kind: 'closed',
          data: {
            verdict,
            ...because(reason),
            ...(taken ? { owner: actor.id, ownerName: pgText(actor.name) } : {}),
          },
        };
      });
    },
    reopen: (actor, id, version, reason) => reopenAlert(deps, actor, id, version, reason),
  };
}

async function findOwner(deps: AlertsDeps, actor: Actor, owner: string): Promise<OwnerIdentity> {
  if (owner === 'me') return { id: actor.id, name: actor.name };
  const found = await deps.identities(actor.tenant, owner);
  if (found === null) throw new AppError('E_BAD_REQUEST', `owner: nobody here has the id ${owner}`);
  return found;
}

function assignment(row: Row<'alerts'>, owner: OwnerIdentity | null) {
  refuseClosed(row);
  if ((owner?.id ?? null) === row.owner_id) return null;
  if (owner === null) {
    return {
      patch: { owner_id: null, owner_name: null },
      kind: 'unassigned' as const,
      data: { previous: row.owner_id },
    };
  }
  const name = pgText(owner.name);
  return {
    patch: { owner_id: owner.id, owner_name: name, status: 'in_triage' as const },
    kind: 'assigned' as const,
    data: { owner: owner.id, ownerName: name, previous: row.owner_id },
  };
}

async function reopenAlert(
  { records, clock }: AlertsDeps,
  actor: Actor,
  id: string,
  version: number,
  reason: string | undefined,
) {
  const request = { actor, id, version, now: clock.now() };
  try {
    return await changeAlert(records, request, async (row, tx) => {
      if (row.status !== 'closed') {
        const alert = toSummary(row);
        throw new AppError('E_ALERT_OPEN', `${alert.key} is open`, { alert });
      }
      await refuseSecondOpen(tx, row);
      return {
        patch: {
          status: row.owner_id === null ? 'new' : 'in_triage',
          verdict: null,
          closed_at: null,
        },
        kind: 'reopened',
        data: { withdrawn: row.verdict, ...because(reason) },
      };
    });
  } catch (thrown) {
    if (!isUniqueViolation(thrown, 'alerts_open_group')) throw thrown;
    // The consumer opened another alert of the group between our look and our write (real server only).
    throw new AppError('E_CONFLICT', `${id}: another alert of the same group was just opened`, {}, thrown);
  }
}

async function refuseSecondOpen(db: RecordsDb, row: Row<'alerts'>): Promise<void> {
  const other = await db
    .selectFrom('alerts')
    .select(['id', 'number'])
    .where('tenant', '=', row.tenant)
    .where('group_key', '=', row.group_key)
    .where('status', '<>', 'closed')
    .limit(1)
    .executeTakeFirst();
  if (other === undefined) return;
  const key = alertKey(other.number);
  throw new AppError(
    'E_CONFLICT',
    `${alertKey(row.number)} can't be opened: ${key} is open for the same rule and entity; work there`,
    { alert: toSummary(row), open: { id: other.id, key } },
  );
}

function refuseClosed(row: Row<'alerts'>): void {
  if (row.status !== 'closed') return;
  const alert = toSummary(row);
  throw new AppError('E_ALERT_CLOSED', `${alert.key} is closed; reopen it first`, { alert });
}

function because(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined || reason === '' ? {} : { reason: pgText(reason) };
}
