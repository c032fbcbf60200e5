/** A table's columns as the catalogue tells them, and how each goes into a dump and comes back. */
import { CompiledQuery } from 'kysely';
import type { RecordsTx } from '../records.ts';

export interface Column {
  readonly name: string;
  /** As `format_type` writes it: `timestamp with time zone`, `bytea`, `jsonb`, … */
  readonly type: string;
  readonly identity: boolean;
}

export async function columnsOf(tx: RecordsTx, table: string): Promise<readonly Column[]> {
  const { rows } = await tx.executeQuery<Column>(
    CompiledQuery.raw(
      `select attname as name, format_type(atttypid, atttypmod) as type, attidentity <> '' as identity
         from pg_attribute
        where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
        order by attnum`,
      [table],
    ),
  );
  return rows;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const instant = 'timestamp with time zone';

/** Select expression of a column: times keep their microseconds, whatever the session's zone and style. */
export function dumpExpression({ name, type }: Column): string {
  const column = quoted(name);
  if (type === instant) return `to_json(${column} at time zone 'UTC') #>> '{}' as ${column}`;
  if (type === 'bytea') return `encode(${column}, 'base64') as ${column}`;
  return column;
}

export function dumpValue({ type }: Column, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (type === instant) return `${value}Z`;
  if (type === 'bytea') return { $bytes: value.replaceAll('\n', '') };
  return value;
}

/** The type under which a column stands in the JSON of a batch, and the expression that reads it. */
export function restoreColumn({ name, type }: Column): { declared: string; read: string } {
  const column = quoted(name);
  if (type === instant) {
    return { declared: `${column} text`, read: `rtrim(x.${column}, 'Z')::timestamp at time zone 'UTC'` };
  }
  if (type === 'bytea') {
    return { declared: `${column} json`, read: `decode(x.${column} ->> '$bytes', 'base64')` };
  }
  return { declared: `${column} ${type}`, read: `x.${column}` };
}
