/** What people call the values that rows are counted by. */
import { sql } from 'kysely';
import type { FacetName } from '../../model/queue.ts';
import { severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import type { Asker } from './queue-filter.ts';

/** Values without an entry are their own label. */
export async function labelValues(
  db: RecordsDb,
  asker: Asker,
  facet: FacetName,
  values: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (facet === 'severity') return new Map(severities.map((name, rank) => [String(rank), name]));
  if (values.length === 0) return new Map();
  const wanted = sql<string>`any(${[...values]}::text[])`;
  if (facet === 'owner') {
    const rows = await db
      .selectFrom('identities')
      .select(['id', 'name'])
      .where('tenant', '=', asker.tenant)
      .where('id', '=', wanted)
      .execute();
    return new Map([['', 'Unowned'], ...rows.map(({ id, name }): [string, string] => [id, name])]);
  }
  if (facet === 'rule') {
    const rows = await db
      .selectFrom('rules')
      .select(['id', 'title'])
      .where('tenant', '=', asker.tenant)
      .where('id', '=', wanted)
      .execute();
    return new Map(rows.map(({ id, title }) => [id, title]));
  }
  if (facet === 'host' || facet === 'user') {
    const rows = await db
      .selectFrom('entities')
      .select(['id', 'name'])
      .where('tenant', '=', asker.tenant)
      .where('kind', '=', facet)
      .where('id', '=', wanted)
      .execute();
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
  return new Map();
}
