/** What people do with alerts: look, take, acknowledge, let wait, comment, close, reopen, make by hand. */
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import { type NeverGroup, noNeverGroup } from '../../model/never-group.ts';
import type { Records } from '../../store/records.ts';
import { changeAlert } from './change.ts';
import { getAlert } from './detail.ts';
import { listAlerts } from './list.ts';
import { createManualAlert } from './manual.ts';
import type { AlertsService, OwnerIdentity } from './types.ts';
import { acknowledge, assign, close, comment, reopen, wait } from './verbs.ts';

export interface AlertsDeps {
  readonly records: Pick<Records, 'db' | 'transaction'>;
  readonly clock: Clock;
  /** Who may own an alert of this tenant; null for an id that nobody has, or that may not. */
  identities(tenant: TenantId, id: string): Promise<OwnerIdentity | null>;
  /** Asked at each use; default: nothing is on the list. */
  readonly neverGroup?: () => NeverGroup;
}

export function createAlerts(deps: AlertsDeps): AlertsService {
  const { records, clock, neverGroup = () => noNeverGroup } = deps;
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
      const found = await findOwner(deps, actor, owner);
      return await changeAlert(records, asked(actor, id, version), assign(found, clock.now()));
    },
    acknowledge: (actor, id, version) =>
      changeAlert(records, asked(actor, id, version), acknowledge(clock.now())),
    async wait(actor, id, version, waiting) {
      const verb = wait(waiting.for, waiting.until, clock.now());
      return await changeAlert(records, asked(actor, id, version), verb);
    },
    comment: (actor, id, text) => changeAlert(records, asked(actor, id, null), comment(text, clock.now())),
    close: (actor, id, version, verdict, reason) =>
      changeAlert(records, asked(actor, id, version), close(actor, verdict, reason, clock.now())),
    reopen: (actor, id, version, reason) => changeAlert(records, asked(actor, id, version), reopen(reason)),
    create: (actor, alert) => createManualAlert(records, actor, alert, neverGroup(), clock.now()),
  };
}

/** Throws E_BAD_REQUEST for an id that nobody has. */
export async function findOwner(
  deps: Pick<AlertsDeps, 'identities'>,
  actor: Actor,
  owner: string | null,
): Promise<OwnerIdentity | null> {
  if (owner === null) return null;
  if (owner === 'me') return { id: actor.id, name: actor.name };
  const found = await deps.identities(actor.tenant, owner);
  if (found === null) throw new AppError('E_BAD_REQUEST', `owner: nobody here has the id ${owner}`);
  return found;
}
