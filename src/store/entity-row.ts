/** An entity's row as the model's noun, for every feature that reads entities. */
import type { Entity } from '../model/entity.ts';
import type { Row } from './schema.ts';

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
