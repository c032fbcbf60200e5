/** Rules by title, with the number of all that the filter lets through. */
import { type ExpressionBuilder, sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import type { Scope } from '../../model/actor.ts';
import type { RuleSummary } from '../../model/rule.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type RecordsSchema } from '../../store/schema.ts';
import { hourStart, summaryColumns, toRuleSummary } from './rows.ts';
import type { RuleQuery } from './types.ts';

export async function listRules(
  db: RecordsDb,
  scope: Scope,
  query: RuleQuery,
  now: Instant,
): Promise<{ readonly items: readonly RuleSummary[]; readonly total: number }> {
  const { total } = await db
    .selectFrom('rules')
    .select((eb) => eb.fn.countAll<number | string>().as('total'))
    .where((eb) => matches(eb, scope, query, now))
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('rules')
    .select(summaryColumns)
    .where((eb) => matches(eb, scope, query, now))
    .orderBy('title')
    .orderBy('id')
    .limit(query.limit)
    .execute();
  return { items: rows.map((row) => toRuleSummary(row, now)), total: Number(total) };
}

function matches(
  eb: ExpressionBuilder<RecordsSchema, 'rules'>,
  scope: Scope,
  query: RuleQuery,
  now: Instant,
) {
  const all = [eb('tenant', '=', scope.tenant)];
  if (query.state !== undefined) all.push(eb('state', '=', query.state));
  if (query.pack !== undefined) all.push(eb('pack', '=', pgText(query.pack)));
  const hour = new Date(hourStart(now));
  if (query.flooding === true) all.push(eb('flooding_since', '>=', hour));
  if (query.flooding === false)
    all.push(eb.or([eb('flooding_since', 'is', null), eb('flooding_since', '<', hour)]));
  if (query.active !== undefined) all.push(eb('state', query.active ? '<>' : '=', 'off'));
  if (query.logsource !== undefined) {
    const parts = pgText(query.logsource).toLowerCase().split('/');
    for (const [at, key] of (['product', 'service', 'category'] as const).entries()) {
      const written = sql<string>`lower(coalesce(logsource ->> ${key}, ''))`;
      all.push(eb(written, '=', parts[at] ?? ''));
    }
  }
  if (query.text !== undefined && query.text !== '') {
    const pattern = `%${pgText(query.text).replaceAll(/[\\%_]/g, '\\$&')}%`;
    all.push(
      eb.or((['title', 'id', 'author', 'path'] as const).map((column) => eb(column, 'ilike', pattern))),
    );
  }
  return eb.and(all);
}
