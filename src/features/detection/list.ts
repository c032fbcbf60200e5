/** Rules by title, with the number of all that the filter lets through. */
import type { ExpressionBuilder } from 'kysely';
import type { Scope } from '../../model/actor.ts';
import type { RuleSummary } from '../../model/rule.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type RecordsSchema } from '../../store/schema.ts';
import { summaryColumns, toRuleSummary } from './rows.ts';
import type { RuleQuery } from './types.ts';

export async function listRules(
  db: RecordsDb,
  scope: Scope,
  query: RuleQuery,
): Promise<{ readonly items: readonly RuleSummary[]; readonly total: number }> {
  const { total } = await db
    .selectFrom('rules')
    .select((eb) => eb.fn.countAll<number | string>().as('total'))
    .where((eb) => matches(eb, scope, query))
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('rules')
    .select(summaryColumns)
    .where((eb) => matches(eb, scope, query))
    .orderBy('title')
    .orderBy('id')
    .limit(query.limit)
    .execute();
  return { items: rows.map(toRuleSummary), total: Number(total) };
}

function matches(eb: ExpressionBuilder<RecordsSchema, 'rules'>, scope: Scope, query: RuleQuery) {
  const all = [eb('tenant', '=', scope.tenant)];
  if (query.state !== undefined) all.push(eb('state', '=', query.state));
  if (query.text !== undefined && query.text !== '') {
    const pattern = `%${pgText(query.text).replaceAll(/[\\%_]/g, '\\$&')}%`;
    all.push(
      eb.or((['title', 'id', 'author', 'path'] as const).map((column) => eb(column, 'ilike', pattern))),
    );
  }
  return eb.and(all);
}
