/** Entity rows of the records store as the model's noun. */
import { sql } from 'kysely';
import type { Entity } from '../../model/entity.ts';
import type { RecordsDb } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';

export function toEntity(row: Row<'entities'>, aliases: readonly string[]): Entity {
  return {
    kind: row.kind,
    id: row.id,
    name: row.name,
    owner: row.owner,
    role: row.role,
    value: row.value,
    tags: row.tags,
    aliases,
    imported: row.imported,
    firstSeenAt: row.first_seen_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  };
}

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
