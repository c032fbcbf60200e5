/** Logsources as they are seen, and which rules look at none of them, or none at them. */
import { sql } from 'kysely';
import { type Instant, utcDay } from '../../base/clock.ts';
import { type EventLogsource, type LogsourceMappings, looksAt } from '../../lang/sigma/index.ts';
import type { Scope } from '../../model/actor.ts';
import type { RecordsDb, RecordsTx } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import type { RuleCoverage } from './types.ts';

export interface LogsourceTally {
  readonly tenant: string;
  readonly receivedAt: Instant;
  readonly logsources: readonly {
    readonly product: string;
    /** Joined with commas. */
    readonly services: string;
    readonly categories: string;
    readonly events: number;
  }[];
}

/** In the transaction that moves the consumer's cursor: each batch is counted once, whatever is killed when. */
export async function countLogsources(tx: RecordsTx, tallies: readonly LogsourceTally[]): Promise<void> {
  const counts = new Map<string, Record<string, string | number> & { events: number }>();
  for (const { tenant, receivedAt, logsources } of tallies) {
    const day = utcDay(receivedAt);
    for (const { product, services, categories, events } of logsources) {
      const key = JSON.stringify([tenant, product, services, categories, day]);
      const count = counts.get(key);
      if (count === undefined)
        counts.set(key, {
          tenant,
          product: pgText(product),
          services: pgText(services),
          categories: pgText(categories),
          day,
          events,
        });
      else count.events += events;
    }
  }
  if (counts.size === 0) return;
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await sql`
    insert into logsource_days (tenant, product, services, categories, day, events)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(
      tenant text, product text, services text, categories text, day date, events bigint)
    on conflict (tenant, product, services, categories, day) do update set
      events = logsource_days.events + excluded.events`.execute(tx);
}

interface Seen extends EventLogsource {
  readonly events: number;
  readonly lastDay: string;
}

const mostKinds = 5_000;
const examplesShown = 5;

export async function ruleCoverage(
  db: RecordsDb,
  scope: Scope,
  mappings: LogsourceMappings,
): Promise<RuleCoverage> {
  const { rows } = await sql<{
    product: string;
    services: string;
    categories: string;
    events: number;
    first_day: string;
    last_day: string;
  }>`
    select product, services, categories, sum(events)::bigint as events,
      min(day)::text as first_day, max(day)::text as last_day
    from logsource_days where tenant = ${scope.tenant}
    group by 1, 2, 3 order by 4 desc limit ${mostKinds}`.execute(db);
  const seen = rows.map(
    (row): Seen => ({
      product: row.product === '' ? null : row.product,
      services: names(row.services),
      categories: names(row.categories),
      events: row.events,
      lastDay: row.last_day,
    }),
  );
  const kinds = await activeLogsources(db, scope);
  const fromDay =
    rows.length === 0 ? null : rows.map((row) => row.first_day).reduce((a, b) => (a < b ? a : b));
  return {
    fromDay,
    neverFire:
      fromDay === null
        ? []
        : kinds
            .filter(({ logsource }) => !seen.some((event) => looksAt(logsource, event)))
            .map(({ logsource, rules }) => ({
              logsource,
              rules: rules.length,
              examples: rules.slice(0, examplesShown),
            })),
    withoutRules: seen
      .filter((event) => !kinds.some(({ logsource }) => looksAt(logsource, event)))
      .map(({ product, services, categories, events, lastDay }) => ({
        product: product ?? '',
        services,
        categories,
        events,
        lastDay,
        query: eventsQuery({ product, services, categories }, mappings),
      })),
  };
}

/** What the mappings found in an event is not stored with it: the query says what they looked at. */
function eventsQuery({ product, services, categories }: EventLogsource, mappings: LogsourceMappings): string {
  const parts = product === null ? [] : [`product: ${quoted(product)}`];
  if (product !== mappings.product) {
    if (services.length > 0) parts.push(`service: ${oneOf(services)}`);
    if (categories.length > 0) parts.push(`category: ${oneOf(categories)}`);
    return parts.join(' and ');
  }
  const channels = [...mappings.services].filter(([, names]) =>
    names.some((name) => services.includes(name)),
  );
  if (channels.length > 0) parts.push(`channel: ${oneOf(channels.map(([channel]) => channel))}`);
  const rows = services.flatMap((service) => mappings.categories.get(service) ?? []);
  for (const { category, where } of rows) {
    if (!categories.includes(category)) continue;
    for (const { field, values } of where) parts.push(`${field}: ${oneOf([...values])}`);
  }
  return [...new Set(parts)].join(' and ');
}

function oneOf(values: readonly string[]): string {
  const [only] = values;
  return only !== undefined && values.length === 1 ? quoted(only) : `(${values.map(quoted).join(' or ')})`;
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Null while nothing was counted. */
export async function logsourceSeen(
  db: RecordsDb,
  scope: Scope,
  logsource: Readonly<Record<string, string>>,
): Promise<boolean | null> {
  const { rows } = await sql<{ product: string; services: string; categories: string }>`
    select distinct product, services, categories from logsource_days
    where tenant = ${scope.tenant} limit ${mostKinds}`.execute(db);
  if (rows.length === 0) return null;
  return rows.some((row) =>
    looksAt(logsource, {
      product: row.product === '' ? null : row.product,
      services: names(row.services),
      categories: names(row.categories),
    }),
  );
}

/** Logsources of rules that alert or observe, those with most rules first. */
async function activeLogsources(db: RecordsDb, scope: Scope) {
  const rows = await db
    .selectFrom('rules')
    .select(['id', 'title', 'logsource'])
    .where('tenant', '=', scope.tenant)
    .where('state', '<>', 'off')
    .orderBy('title')
    .execute();
  const kinds = new Map<
    string,
    { logsource: Readonly<Record<string, string>>; rules: { id: string; title: string }[] }
  >();
  for (const { id, title, logsource } of rows) {
    const { product, service, category } = logsource;
    const key = JSON.stringify([product, service, category].map((name) => name?.toLowerCase()));
    const kind = kinds.get(key) ?? { logsource, rules: [] };
    kinds.set(key, kind);
    kind.rules.push({ id, title });
  }
  return [...kinds.values()].sort((a, b) => b.rules.length - a.rules.length);
}

function names(joined: string): readonly string[] {
  return joined === '' ? [] : joined.split(',');
}
