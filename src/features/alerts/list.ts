/** The queue: alerts by severity, then newest first, with counts under the same scope and filter. */
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { readCursor, refusedCursor, writeCursor } from '../../base/cursor.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import { type AlertStatus, alertStatuses } from '../../model/alert.ts';
import { type Severity, severities, severityRank } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type RecordsSchema } from '../../store/schema.ts';
import { toSummary } from './rows.ts';
import type { AlertCounts, AlertPage, AlertQuery } from './types.ts';

/** The year 5138: nothing that the service made lies beyond, and every store can hold it. */
const farthest = 1e14;

type Alerts = ExpressionBuilder<RecordsSchema, 'alerts'>;

export async function listAlerts(
  db: RecordsDb,
  actor: Scope & Pick<Actor, 'id'>,
  query: AlertQuery,
): Promise<AlertPage> {
  const after = query.cursor === undefined ? null : keyOf(query.cursor);
  const groups = await db
    .selectFrom('alerts')
    .select(['status', 'severity', (eb) => eb.fn.countAll<string>().as('alerts')])
    .where((eb) => matches(eb, actor, query))
    .groupBy(['status', 'severity'])
    .execute();
  let page = db
    .selectFrom('alerts')
    .selectAll()
    .where((eb) => matches(eb, actor, query));
  if (query.status !== undefined) page = page.where('status', '=', anyOf(query.status));
  if (query.severity !== undefined) page = page.where('severity', '=', anyOf(query.severity));
  if (after !== null) {
    page = page.where(
      sql<SqlBool>`(severity_rank, created_at, id) < (${after.rank}, ${after.createdAt}::timestamptz, ${after.id})`,
    );
  }
  const rows = await page
    .orderBy('severity_rank', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    // One more than asked tells whether there is a next page.
    .limit(query.limit + 1)
    .execute();
  const items = rows.slice(0, query.limit).map(toSummary);
  const last = items.at(-1);
  return {
    items,
    ...tally(groups, query),
    nextCursor:
      rows.length > query.limit && last !== undefined
        ? writeCursor([severityRank(last.severity), last.createdAt, last.id])
        : null,
  };
}

/** The filter without status and severity, which the counts take apart. */
function matches(eb: Alerts, actor: Scope & Pick<Actor, 'id'>, query: AlertQuery) {
  const all = [eb('tenant', '=', actor.tenant)];
  if (query.owner !== undefined) {
    const ids = query.owner.filter((owner) => owner !== 'none').map((o) => (o === 'me' ? actor.id : o));
    all.push(
      eb.or([
        eb('owner_id', '=', anyOf(ids)),
        ...(query.owner.includes('none') ? [eb('owner_id', 'is', null)] : []),
      ]),
    );
  }
  if (query.ruleId !== undefined) all.push(eb('rule_id', '=', pgText(query.ruleId).toLowerCase()));
  if (query.text !== undefined && query.text !== '') {
    const pattern = `%${pgText(query.text).replaceAll(/[\\%_]/g, '\\$&')}%`;
    all.push(
      eb.or([eb('title', 'ilike', pattern), eb('host', 'ilike', pattern), eb('user_name', 'ilike', pattern)]),
    );
  }
  return eb.and(all);
}

/** Each facet ignores its own part of the filter: it shows what choosing another value would give. */
function tally(
  groups: readonly { status: string; severity: string; alerts: string }[],
  query: AlertQuery,
): { total: number; counts: AlertCounts } {
  const status: Record<AlertStatus, number> = { new: 0, in_triage: 0, waiting: 0, closed: 0 };
  const severity: Record<Severity, number> = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  let total = 0;
  for (const group of groups) {
    const ofStatus = alertStatuses.find((one) => one === group.status);
    const ofSeverity = severities.find((one) => one === group.severity);
    if (ofStatus === undefined || ofSeverity === undefined) {
      throw new Error(`alerts hold status ${group.status} and severity ${group.severity}`);
    }
    const alerts = Number(group.alerts);
    const statusAsked = query.status?.includes(ofStatus) ?? true;
    const severityAsked = query.severity?.includes(ofSeverity) ?? true;
    if (severityAsked) status[ofStatus] += alerts;
    if (statusAsked) severity[ofSeverity] += alerts;
    if (statusAsked && severityAsked) total += alerts;
  }
  return { total, counts: { status, severity } };
}

function keyOf(cursor: string): { rank: number; createdAt: Date; id: string } {
  const [rank, createdAt, id] = readCursor(cursor);
  if (typeof rank !== 'number' || typeof createdAt !== 'number' || typeof id !== 'string')
    throw refusedCursor();
  const at = new Date(createdAt);
  if (severities[rank] === undefined || !(Math.abs(createdAt) < farthest)) throw refusedCursor();
  return { rank, createdAt: at, id: pgText(id) };
}

/** One parameter however many values, and none is no match where `in ()` would be no SQL. */
function anyOf(values: readonly string[]) {
  return sql<string>`any(${values.map(pgText)}::text[])`;
}
