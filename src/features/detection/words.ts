/** What a rule can be about here, for completion: logsources that come in or are looked at, tags, names of rules. */
import { sql } from 'kysely';
import type { Scope } from '../../model/actor.ts';
import type { RecordsDb } from '../../store/records.ts';
import type { RuleWords } from './types.ts';

const mostLogsources = 2_000;
const mostTags = 2_000;
const mostNames = 5_000;

export async function ruleWords(db: RecordsDb, scope: Scope): Promise<RuleWords> {
  const logsources = await sql<RuleWords['logsources'][number]>`
    select product, service, category, sum(events)::bigint as events, sum(rules)::int as rules from (
      select product, service, category, sum(events) as events, 0 as rules
      from logsource_days
        left join unnest(string_to_array(nullif(services, ''), ',')) as s(service) on true
        left join unnest(string_to_array(nullif(categories, ''), ',')) as c(category) on true
      where tenant = ${scope.tenant} group by 1, 2, 3
      union all
      select lower(logsource ->> 'product'), lower(logsource ->> 'service'), lower(logsource ->> 'category'),
        0, count(*) from rules where tenant = ${scope.tenant} and logsource <> '{}'::jsonb group by 1, 2, 3
    ) t(product, service, category, events, rules)
    group by 1, 2, 3 order by 4 desc, 5 desc limit ${mostLogsources}`.execute(db);
  const tags = await sql<RuleWords['tags'][number]>`
    select lower(tag) as name, count(*)::int as rules
    from rules, jsonb_array_elements_text(tags) tag
    where tenant = ${scope.tenant} group by 1 order by 2 desc, 1 limit ${mostTags}`.execute(db);
  const names = await db
    .selectFrom('rules')
    .select(['id', 'title'])
    .where('tenant', '=', scope.tenant)
    .where('kind', '<>', 'filter')
    .orderBy('title')
    .limit(mostNames)
    .execute();
  return {
    logsources: logsources.rows.map(({ product, service, category, events, rules }) => ({
      product: product ?? '',
      service: service ?? '',
      category: category ?? '',
      events: events,
      rules,
    })),
    tags: tags.rows,
    names,
  };
}
