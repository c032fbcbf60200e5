/** Identities: people, services and sources that may hold credentials. */
import type { Instant } from '../../base/clock.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { Actor, Role } from '../../model/actor.ts';
import { roles } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { RecordsDb, RecordsTx } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';
import type { Identity, Person } from './types.ts';

/** A role that this version doesn't know grants nothing. */
function knownRoles(names: readonly string[]): readonly Role[] {
  return roles.filter((role) => names.includes(role));
}

export function toIdentity(
  row: Pick<Row<'identities'>, 'tenant' | 'id' | 'kind' | 'name' | 'roles'>,
): Identity {
  return {
    tenant: row.tenant as TenantId,
    id: row.id,
    kind: row.kind,
    name: row.name,
    roles: knownRoles(row.roles),
  };
}

export function actorOf(identity: Identity): Actor {
  const { kind, id, name, tenant, roles } = identity;
  return { kind, id, name, tenant, roles };
}

/** The identity of this kind and name, made with these roles where it is missing. */
export async function ensureIdentity(
  tx: RecordsTx,
  at: Instant,
  wanted: Omit<Identity, 'id'> & { readonly id?: string },
): Promise<{ readonly identity: Identity; readonly created: boolean }> {
  const found = await tx
    .selectFrom('identities')
    .selectAll()
    .where('tenant', '=', wanted.tenant)
    .where('kind', '=', wanted.kind)
    .where('name', '=', wanted.name)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  if (found !== undefined) return { identity: toIdentity(found), created: false };
  const row = await tx
    .insertInto('identities')
    .values({
      tenant: wanted.tenant,
      id: wanted.id ?? uuidv7(at),
      kind: wanted.kind,
      name: wanted.name,
      roles: JSON.stringify(wanted.roles),
      created_at: new Date(at),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { identity: toIdentity(row), created: true };
}

export async function enabledIdentity(
  db: RecordsDb | RecordsTx,
  tenant: TenantId,
  id: string,
): Promise<Identity | null> {
  const row = await db
    .selectFrom('identities')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('disabled', '=', false)
    .executeTakeFirst();
  return row === undefined ? null : toIdentity(row);
}

/** At most a thousand, by name. */
export async function enabledPeople(db: RecordsDb, tenant: TenantId): Promise<readonly Person[]> {
  return await db
    .selectFrom('identities')
    .select(['id', 'name'])
    .where('tenant', '=', tenant)
    .where('kind', '=', 'person')
    .where('disabled', '=', false)
    .orderBy('name')
    .orderBy('id')
    .limit(1_000)
    .execute();
}
