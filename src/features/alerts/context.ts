/** What surrounds an alert: its entities, how rare its rule is there, what else happened, what was decided before. */
import { load } from 'js-yaml';
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../model/actor.ts';
import { type AlertSummary, type Verdict, verdicts } from '../../model/alert.ts';
import type { Entity } from '../../model/entity.ts';
import type { NeverGroup } from '../../model/never-group.ts';
import type { RecordsDb } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';
import { notFound, oneAlert } from './change.ts';
import { readEntities } from './entity-rows.ts';
import { within } from './incident-facts.ts';
import { alertKey, toSummary } from './rows.ts';

export interface EntityContext {
  readonly entity: Entity;
  readonly neverGroup: string | null;
  readonly prevalence: {
    readonly onThis: number;
    readonly entities: number;
    readonly entitiesKnown: number;
    readonly days: number;
  };
  readonly alerts24h: number;
}

export interface EarlierVerdict {
  readonly id: string;
  readonly key: string;
  readonly verdict: Verdict;
  readonly closedAt: number;
  readonly closedBy: string;
  readonly reason: string;
}

export interface AlertContext {
  readonly sentence: string;
  readonly entities: readonly EntityContext[];
  readonly related: readonly { readonly alert: AlertSummary; readonly reason: string }[];
  readonly earlierVerdicts: readonly EarlierVerdict[];
  readonly ruleVerdicts: Readonly<Record<Verdict, number>>;
  readonly guide: string | null;
}

const dayMs = 24 * 3_600_000;
const prevalenceDays = 30;
/** A rule that matched more often is common whatever the exact number. */
const detectionsLooked = 50_000;
const relatedShown = 20;
const verdictsShown = 20;
const entitiesShown = 10;

export async function alertContext(
  db: RecordsDb,
  scope: Scope,
  id: string,
  neverGroup: NeverGroup,
): Promise<AlertContext> {
  const row = await oneAlert(db, scope.tenant, id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  const refs = await db
    .selectFrom('alert_entities')
    .select(['kind', 'id', 'name', 'grouping'])
    .where('tenant', '=', row.tenant)
    .where('alert_id', '=', row.id)
    .orderBy('kind')
    .orderBy('id')
    .limit(entitiesShown)
    .execute();
  const known = await readEntities(db, row.tenant, refs);
  const entities: EntityContext[] = [];
  for (const entity of known) entities.push(await contextOf(db, row, entity, neverGroup));
  return {
    sentence: sentenceOf(row, entities),
    entities,
    related: await relatedTo(db, row),
    earlierVerdicts: await earlierVerdicts(db, row),
    ruleVerdicts: await ruleVerdicts(db, row.tenant, row.rule_key),
    guide: guideOf(row.rule_source),
  };
}

async function contextOf(
  db: RecordsDb,
  alert: Row<'alerts'>,
  entity: Entity,
  neverGroup: NeverGroup,
): Promise<EntityContext> {
  const names = [entity.id, entity.name.toLowerCase(), ...entity.aliases];
  const column = sql.ref(entity.kind === 'user' ? 'user_name' : 'host');
  const since = new Date(alert.last_event_at.getTime() - prevalenceDays * dayMs);
  const { rows } = await sql<{ on_this: number; entities: number }>`
    select count(*) filter (where name = any(${names}::text[]))::int as on_this,
      count(distinct name)::int as entities
    from (
      select lower(${column}) as name from detections
      where tenant = ${alert.tenant} and rule_id = ${alert.rule_id} and rule_id <> ''
        and event_time >= ${since} and event_time <= ${alert.last_event_at} and ${column} <> ''
      order by event_time desc limit ${detectionsLooked}) found`.execute(db);
  const { n } = await db
    .selectFrom('entities')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('tenant', '=', alert.tenant)
    .where('kind', '=', entity.kind as Row<'entities'>['kind'])
    .executeTakeFirstOrThrow();
  return {
    entity,
    neverGroup: neverGroup.reason(entity.kind, entity.name) ?? neverGroup.reason(entity.kind, entity.id),
    prevalence: {
      onThis: rows[0]?.on_this ?? 0,
      entities: rows[0]?.entities ?? 0,
      entitiesKnown: n,
      days: prevalenceDays,
    },
    alerts24h: await alertsAround(db, alert, entity),
  };
}

/** Other alerts that name it, a day before to a day after. */
async function alertsAround(db: RecordsDb, alert: Row<'alerts'>, entity: Entity): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from alert_entities e join alerts a on a.tenant = e.tenant and a.id = e.alert_id
    where e.tenant = ${alert.tenant} and e.kind = ${entity.kind} and e.id = ${entity.id} and a.id <> ${alert.id}
      and ${near(alert)}`.execute(db);
  return rows[0]?.n ?? 0;
}

function near(alert: Row<'alerts'>): RawBuilder<unknown> {
  return sql`a.last_event_at >= ${new Date(alert.first_event_at.getTime() - dayMs)}
    and a.first_event_at <= ${new Date(alert.last_event_at.getTime() + dayMs)}`;
}

async function relatedTo(db: RecordsDb, alert: Row<'alerts'>): Promise<AlertContext['related']> {
  const { rows } = await sql<Row<'alerts'> & { shared: string }>`
    select a.*, s.shared from (
      select other.alert_id, min(other.kind || ' ' || other.name) as shared
      from alert_entities own
      join alert_entities other on other.tenant = own.tenant and other.kind = own.kind and other.id = own.id
      where own.tenant = ${alert.tenant} and own.alert_id = ${alert.id} and own.grouping
        and other.alert_id <> ${alert.id}
      group by other.alert_id
    ) s join alerts a on a.tenant = ${alert.tenant} and a.id = s.alert_id
    where ${near(alert)}
    order by abs(extract(epoch from a.first_event_at - ${alert.first_event_at}::timestamptz)), a.number
    limit ${relatedShown}`.execute(db);
  return rows.map((row) => ({ alert: toSummary(row), reason: `same ${row.shared}, ${apart(alert, row)}` }));
}

function apart(alert: Row<'alerts'>, other: Row<'alerts'>): string {
  const ms = other.first_event_at.getTime() - alert.first_event_at.getTime();
  return `${within(Math.abs(ms)).replace(/^within /, '')} ${ms < 0 ? 'earlier' : 'later'}`;
}

async function earlierVerdicts(db: RecordsDb, alert: Row<'alerts'>): Promise<readonly EarlierVerdict[]> {
  const { rows } = await sql<{
    id: string;
    number: number;
    verdict: Verdict;
    closed_at: Date;
    actor_name: string | null;
    reason: string | null;
  }>`
    select a.id, a.number, a.verdict, a.closed_at, h.actor_name, h.data->>'reason' as reason
    from alerts a left join lateral (
      select actor_name, data from alert_history
      where tenant = a.tenant and alert_id = a.id and kind = 'closed' order by (data->>'version')::int desc limit 1
    ) h on true
    where a.tenant = ${alert.tenant} and a.group_key = ${alert.group_key} and a.status = 'closed' and a.id <> ${alert.id}
    order by a.closed_at desc, a.number desc limit ${verdictsShown}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    key: alertKey(row.number),
    verdict: row.verdict,
    closedAt: row.closed_at.getTime(),
    closedBy: row.actor_name ?? '',
    reason: row.reason ?? '',
  }));
}

export async function ruleVerdicts(
  db: RecordsDb,
  tenant: string,
  ruleKey: string,
): Promise<Readonly<Record<Verdict, number>>> {
  const rows = await db
    .selectFrom('alerts')
    .select(['verdict', (eb) => eb.fn.countAll<number>().as('n')])
    .where('tenant', '=', tenant)
    .where('rule_key', '=', ruleKey)
    .where('status', '=', 'closed')
    .groupBy('verdict')
    .execute();
  const counts = { true_positive: 0, benign_positive: 0, false_positive: 0, inconclusive: 0 };
  for (const { verdict, n } of rows) {
    const known = verdicts.find((one) => one === verdict);
    if (known !== undefined) counts[known] = n;
  }
  return counts;
}

/** What happened where, how often, and what makes it rare. */
function sentenceOf(alert: Row<'alerts'>, entities: readonly EntityContext[]): string {
  const place = [
    alert.host === '' ? '' : ` on ${alert.host}`,
    alert.user_name === '' ? '' : ` by ${alert.user_name}`,
  ].join('');
  const said = { rule: 'matched', finding: 'was reported', manual: 'was noted', visibility: 'was noticed' }[
    alert.kind
  ];
  const times =
    alert.detections > 1
      ? ` ${alert.detections} times ${within(alert.last_event_at.getTime() - alert.first_event_at.getTime())}`
      : '';
  const by = alert.kind === 'finding' ? ` by ${alert.vendor_product ?? ''}` : '';
  const reasons = alert.priority_reasons
    .filter(({ factor }) => factor !== 'severity' && factor !== 'limit')
    .map(({ text }) => text);
  const important = entities.filter(({ entity }) => (entity.value ?? 0) >= 4 && entity.role !== '');
  const roles = important.map(({ entity }) => `${entity.name} is ${entity.role}`);
  return [`“${alert.title}” ${said}${by}${place}${times}`, ...reasons, ...roles].join('; ');
}

/** `guide` or `x_guide` of the rule: Markdown. */
export function guideOf(ruleSource: string): string | null {
  if (!/^(?:x_)?guide:/m.test(ruleSource)) return null;
  try {
    const document = load(ruleSource) as Readonly<Record<string, unknown>> | null;
    const guide = document?.['guide'] ?? document?.['x_guide'];
    return typeof guide === 'string' && guide.trim() !== '' ? guide : null;
  } catch {
    // The alert keeps the rule as it was; one that is no YAML today has no guide that could be read.
    return null;
  }
}
