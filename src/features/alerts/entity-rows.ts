/** Entities by what alerts name. */
import { sql } from 'kysely';
import type { Entity } from '../../model/entity.ts';
import { toEntity } from '../../store/entity-row.ts';
import type { RecordsDb } from '../../store/records.ts';

/** In the order of `refs`, without those that are not known; each with every name it has but its own. */
export async function readEntities(
  db: RecordsDb,
  tenant: string,
  refs: readonly { readonly kind: string; readonly id: string }[],
): Promise<readonly Entity[]> {
  if (refs.length === 0) return [];
  const keys = refs.map(({ kind, id }) => `${kind}:${id}`);
  const ids = [...new Set(refs.map(({ id }) => id))];
  const rows = await db
    .selectFrom('entities')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  const aliases = await db
    .selectFrom('entity_aliases')
    .select(['alias', 'entity_kind', 'entity_id'])
    .where('tenant', '=', tenant)
    .where('entity_id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('alias')
    .execute();
  const found = new Map(
    rows.map((row) => [
      `${row.kind}:${row.id}`,
      toEntity(
        row,
        aliases
          .filter(({ entity_kind: kind, entity_id: id }) => kind === row.kind && id === row.id)
          .map(({ alias }) => alias)
          .filter((alias) => alias !== row.name.toLowerCase()),
      ),
    ]),
  );
  return keys.flatMap((key) => found.get(key) ?? []);
}

/** Hosts and users of an alert that no imported list names, where there is a list of their kind. */
export async function unlistedEntities(
  db: RecordsDb,
  tenant: string,
  alertId: string,
): Promise<readonly { readonly kind: 'host' | 'user'; readonly name: string }[]> {
  const { rows } = await sql<{ kind: 'host' | 'user'; name: string }>`
    select a.kind, a.name from alert_entities a
    left join entities e on e.tenant = a.tenant and e.kind = a.kind and e.id = a.id
    where a.tenant = ${tenant} and a.alert_id = ${alertId} and a.kind in ('host', 'user')
      and not coalesce(e.imported, false)
      and exists (select from entities l where l.tenant = a.tenant and l.kind = a.kind and l.imported)
    order by a.kind, a.name limit 10`.execute(db);
  return rows;
}
