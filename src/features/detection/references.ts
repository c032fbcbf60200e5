/** Stored documents that a load refers to: correlations and filters name rules that were loaded before. */
import { sql } from 'kysely';
import type { RecordsDb } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import type { ReadOptions } from './read.ts';
import type { RuleFile, RulesDeps } from './types.ts';

const most = 1_000;

/** How documents of a tenant are read: with what they refer to among those that are stored. */
export function readOptions(
  { records, mappings, filterReading }: Pick<RulesDeps, 'records' | 'mappings' | 'filterReading'>,
  tenant: string,
): ReadOptions {
  return {
    mappings,
    reading: filterReading,
    stored: (references) => storedFor(records.db, tenant, references),
  };
}

/** Those whose id is one of the references, or whose text has one after `name:`; a caller reads which. */
export async function storedFor(
  db: RecordsDb,
  tenant: string,
  references: readonly string[],
): Promise<readonly RuleFile[]> {
  if (references.length === 0) return [];
  const wanted = references.map((one) => pgText(one).toLowerCase());
  const named = wanted.map((one) => `%name:%${one.replaceAll(/[\\%_]/g, '\\$&')}%`);
  const rows = await db
    .selectFrom('rules')
    .select(['path', 'source'])
    .where('tenant', '=', tenant)
    .where((eb) =>
      eb.or([
        eb('id', '=', sql<string>`any(${wanted}::text[])`),
        eb('source', 'ilike', sql<string>`any(${named}::text[])`),
      ]),
    )
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map(({ path, source }) => ({ path, content: source }));
}
