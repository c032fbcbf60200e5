/** The queue as people and the console see it. */
import { sql } from 'kysely';
import { AppError } from '../../base/errors.ts';
import type { Scope } from '../../model/actor.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import { bulkChange, undoOperation } from './bulk.ts';
import { notFound, oneAlert, oneIncident } from './change.ts';
import { namesOf } from './entity-book.ts';
import { facetValues, queueFacets } from './queue-facets.ts';
import { queueGroups } from './queue-groups.ts';
import { queueHistogram } from './queue-histogram.ts';
import { listQueue } from './queue-list.ts';
import type { BulkChange, QueueFilter, QueueService, SimilarAlerts } from './queue-types.ts';
import { alertKey, incidentNumber, toQueueRow } from './rows.ts';
import { type AlertsDeps, findOwner } from './service.ts';
import { acknowledge, assign, close, reopen, type Verb, wait } from './verbs.ts';

/** What one bulk change takes. */
const similarShown = 1_000;

export function createQueue(deps: AlertsDeps): QueueService {
  const { records, clock } = deps;
  const { db } = records;
  return {
    list: async (asker, query) => await listQueue(db, asker, await canonical(db, asker, query)),
    row: (scope, id) => oneRow(db, scope, id),
    facets: async (asker, filter, values) =>
      await queueFacets(db, asker, await canonical(db, asker, filter), values),
    facet: async (asker, filter, facet, search, values) =>
      await facetValues(db, asker, await canonical(db, asker, filter), facet, search, values),
    histogram: async (asker, filter, bucket) =>
      await queueHistogram(db, asker, await canonical(db, asker, filter), bucket),
    groups: async (asker, filter, by, limit) =>
      await queueGroups(db, asker, await canonical(db, asker, filter), by, limit),
    similar: (scope, id, by) => similarAlerts(db, scope, id, by),
    async bulk(actor, items, change) {
      const now = clock.now();
      const owner = change.action === 'assign' ? await findOwner(deps, actor, change.owner) : null;
      const verb = verbOf(change, actor, owner, now);
      return await bulkChange(records, {
        actor,
        now,
        action: change.action,
        items,
        verb,
        members: (member, incident) => followed(change.action, member, incident),
      });
    },
    undo: (actor, operation) => undoOperation(records, actor, operation, clock.now()),
  };
}

function verbOf(
  change: BulkChange,
  actor: Parameters<typeof close>[0],
  owner: Parameters<typeof assign>[0],
  now: number,
): Verb {
  switch (change.action) {
    case 'assign':
      return assign(owner, now);
    case 'acknowledge':
      return acknowledge(now);
    case 'wait':
      return wait(change.for, change.until, now);
    case 'close':
      return close(actor, change.verdict, change.reason, now);
    case 'reopen':
      return reopen(change.reason);
  }
}

/** What an incident's change means for its alerts: as `incidents.ts` has it for one. */
function followed(
  action: BulkChange['action'],
  member: { readonly status: string; readonly closed_with: string | null },
  incident: string,
): boolean {
  if (action === 'wait') return false;
  if (action === 'reopen') return member.status === 'closed' && member.closed_with === incident;
  return member.status !== 'closed';
}

/** Hosts and users by any of their names. */
async function canonical<T extends QueueFilter>(db: RecordsDb, scope: Scope, filter: T): Promise<T> {
  const change: { host?: readonly string[]; user?: readonly string[] } = {};
  for (const kind of ['host', 'user'] as const) {
    const values = filter[kind];
    if (values === undefined || values.length === 0) continue;
    const aliases = values.map((value) => namesOf(kind, value)?.full ?? value);
    const rows = await db
      .selectFrom('entity_aliases')
      .select('entity_id')
      .where('tenant', '=', scope.tenant)
      .where('kind', '=', kind)
      .where('alias', '=', sql<string>`any(${aliases.map(pgText)}::text[])`)
      .execute();
    change[kind] = [...new Set([...values, ...aliases, ...rows.map((row) => row.entity_id)])];
  }
  return { ...filter, ...change };
}

async function oneRow(db: RecordsDb, scope: Scope, id: string) {
  const incident =
    incidentNumber(id) === null ? undefined : await oneIncident(db, scope.tenant, id).executeTakeFirst();
  const alert = incident === undefined ? await oneAlert(db, scope.tenant, id).executeTakeFirst() : undefined;
  const wanted = incident?.id ?? alert?.incident_id ?? alert?.id ?? id;
  const row = await db
    .selectFrom('queue_rows')
    .selectAll()
    .where('tenant', '=', scope.tenant)
    .where('id', '=', pgText(wanted))
    .executeTakeFirst();
  if (row === undefined) throw new AppError('E_NOT_FOUND', `no row of the queue ${id}`);
  return toQueueRow(row);
}

/** Open alerts of the same rule (of a finding: the same product and title), there or anywhere. */
async function similarAlerts(
  db: RecordsDb,
  scope: Scope,
  id: string,
  by: 'rule_entity' | 'rule',
): Promise<SimilarAlerts> {
  const alert = await oneAlert(db, scope.tenant, id).executeTakeFirst();
  if (alert === undefined) throw notFound(id);
  let query = db
    .selectFrom('alerts')
    .where('tenant', '=', scope.tenant)
    .where('rule_key', '=', alert.rule_key)
    .where('kind', '=', alert.kind)
    .where('status', '<>', 'closed')
    .where('id', '<>', alert.id);
  if (alert.kind !== 'rule') query = query.where('title', '=', alert.title);
  if (by === 'rule_entity')
    query = query.where('entity_kind', '=', alert.entity_kind).where('entity_id', '=', alert.entity_id);
  const { count } = await query
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .select(['id', 'number', 'version', 'title', 'host'])
    .orderBy('number', 'desc')
    .limit(similarShown)
    .execute();
  return {
    count,
    items: rows.map(({ number, ...row }) => ({ ...row, kind: 'alert' as const, key: alertKey(number) })),
  };
}
