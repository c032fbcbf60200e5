/** The health of sources: told from the rows they sent, and watched, so that one that falls silent is seen. */
import type { Clock, Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { SourceId, TenantId } from '../../model/ids.ts';
import { audit } from '../../store/audit-row.ts';
import type { EventStore, SourceFacts } from '../../store/events.ts';
import type { Records, RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { factsReader, type ReadFacts } from './facts.ts';
import { expectedPause, leastPauseMs, stateOf, usualRate } from './judge.ts';
import { shapesOf } from './shapes.ts';
import type { Expectation, HealthService, NoteResumed, RaiseVisibility, SourceHealth } from './types.ts';

export interface HealthDeps {
  readonly events: Pick<EventStore, 'sourceFacts' | 'search'>;
  readonly records: Records;
  readonly clock: Clock;
  /** When this service began to take records. */
  readonly listeningSince: Instant;
  readonly raise: RaiseVisibility;
  readonly resumed: NoteResumed;
}

/** How far back a source's pace is told from. */
export const windowMs = 14 * 86_400_000;
const longestPauseMs = 30 * 86_400_000;
const sampledRecords = 1_000;

export function createHealth(deps: HealthDeps): HealthService {
  const { events, records, clock } = deps;
  const readFacts = factsReader(events, windowMs);
  const all = (tenant: TenantId) => readAll(deps, readFacts, tenant);
  const list = async (tenant: TenantId) => (await all(tenant)).map((one) => one.health);

  return {
    list: (scope) => list(scope.tenant),

    async shapes(scope, source, signal) {
      const query = {
        tenant: scope.tenant,
        source,
        unparsedOnly: true,
        basis: 'received' as const,
        limit: sampledRecords,
      };
      return shapesOf(events.search(query, signal));
    },

    async expect(actor, source, version, expectation) {
      checkPause(expectation);
      await records.transaction(async (tx) => {
        const now = clock.now();
        const known = await watchRow(tx, actor.tenant, source).forUpdate().executeTakeFirst();
        if ((known?.version ?? 0) !== version) {
          throw new AppError('E_CONFLICT', `what is expected of ${source} was changed meanwhile; look again`);
        }
        const set = { expect: expectation.kind, pause_ms: pauseOf(expectation), version: version + 1 };
        await tx
          .insertInto('source_watch')
          .values({ tenant: actor.tenant, source: pgText(source), silent_since: null, ...set })
          .onConflict((c) => c.columns(['tenant', 'source']).doUpdateSet(set))
          .execute();
        const entry = { at: now, actor, resource: 'source', resourceId: source, details: expectation };
        await audit(tx, { ...entry, action: 'source.expectation_changed' });
      });
      const found = (await list(actor.tenant)).find((one) => one.source === source);
      if (found === undefined) throw new AppError('E_NOT_FOUND', `no source ${source} has sent anything`);
      return found;
    },

    async watch(tenant) {
      for (const { health, remembered } of await all(tenant)) {
        // Most sources send, each minute anew: they cost no transaction.
        if ((health.state === 'silent') !== remembered) await watchOne(deps, tenant, health);
      }
    },
  };
}

interface Known {
  readonly health: SourceHealth;
  /** An alert was raised for the silence that lasts. */
  readonly remembered: boolean;
}

async function readAll(
  { records, clock, listeningSince }: HealthDeps,
  readFacts: ReadFacts,
  tenant: TenantId,
): Promise<readonly Known[]> {
  const now = clock.now();
  const [facts, sources, watches] = await Promise.all([
    readFacts(tenant, now),
    records.db
      .selectFrom('sources')
      .select(['id', 'description'])
      .where('tenant', '=', tenant)
      .limit(1_000)
      .execute(),
    records.db.selectFrom('source_watch').selectAll().where('tenant', '=', tenant).limit(10_000).execute(),
  ]);
  const factsOf = new Map(facts.map((one) => [one.source, one]));
  const described = new Map(sources.map((one) => [one.id, one.description]));
  const watchOf = new Map(watches.map((one) => [one.source, one]));
  const names = [...new Set([...described.keys(), ...factsOf.keys(), ...watchOf.keys()])].sort();
  return names.map((name) => {
    const watch = watchOf.get(name);
    const facts = factsOf.get(name) ?? null;
    return {
      health: healthOf(name, facts, described.get(name) ?? null, watch, listeningSince, now),
      remembered: (watch?.silent_since ?? null) !== null,
    };
  });
}

function healthOf(
  name: string,
  facts: SourceFacts | null,
  description: string | null,
  watch: Row<'source_watch'> | undefined,
  listeningSince: Instant,
  now: Instant,
): SourceHealth {
  const expectation = expectationOf(watch);
  const pauseMs = expectedPause(expectation, facts);
  const silentSince = watch?.silent_since?.getTime() ?? null;
  const last = facts?.lastReceived ?? silentSince;
  // A silence that outlasts the window has no facts any more, and is still one.
  const state =
    facts === null && silentSince !== null ? 'silent' : stateOf(last, pauseMs, listeningSince, now);
  return {
    source: name as SourceId,
    description,
    state,
    lastReceivedAt: last,
    lastEventAt: facts?.lastEvent ?? null,
    silentSince: state === 'silent' ? (silentSince ?? last) : null,
    expectation,
    pauseMs,
    records: facts?.records ?? 0,
    unparsed: facts?.unparsed ?? 0,
    perMinuteNow: (facts?.lastQuarter ?? 0) / 15,
    perMinuteUsual: usualRate(facts?.hours ?? [], now),
    lagMedianMs: facts?.lagMedianMs ?? null,
    lagHighMs: facts?.lagHighMs ?? null,
    clockAheadMs: Math.max(0, -(facts?.lagLeastMs ?? 0)),
    hours: facts?.hours ?? [],
    version: watch?.version ?? 0,
  };
}

function expectationOf(watch: Row<'source_watch'> | undefined): Expectation {
  if (watch === undefined || watch.expect === 'auto') return { kind: 'auto' };
  return watch.expect === 'off' ? { kind: 'off' } : { kind: 'set', pauseMs: watch.pause_ms ?? leastPauseMs };
}

function pauseOf(expectation: Expectation): number | null {
  return expectation.kind === 'set' ? expectation.pauseMs : null;
}

/** One alert per silence: the row remembers it until something comes again. */
async function watchOne(
  { records, raise, resumed }: HealthDeps,
  tenant: TenantId,
  health: SourceHealth,
): Promise<void> {
  const { source, state, lastReceivedAt, pauseMs } = health;
  await records.transaction(async (tx) => {
    const known = await watchRow(tx, tenant, source).forUpdate().executeTakeFirst();
    const remembered = known?.silent_since ?? null;
    if (state !== 'silent') {
      if (remembered === null) return;
      await remember(tx, tenant, source, null);
      const silentSince = remembered.getTime();
      // It may only no longer be expected to send.
      if (lastReceivedAt !== null && lastReceivedAt > silentSince)
        await resumed(tx, { tenant, source, silentSince, lastReceivedAt });
      return;
    }
    if (remembered !== null || lastReceivedAt === null || pauseMs === null) return;
    await remember(tx, tenant, source, lastReceivedAt);
    await raise(tx, { tenant, source, lastReceivedAt, pauseMs });
  });
}

async function remember(
  db: RecordsDb,
  tenant: TenantId,
  source: string,
  since: Instant | null,
): Promise<void> {
  const silent_since = since === null ? null : new Date(since);
  await db
    .insertInto('source_watch')
    .values({ tenant, source: pgText(source), expect: 'auto', pause_ms: null, silent_since, version: 0 })
    .onConflict((c) => c.columns(['tenant', 'source']).doUpdateSet({ silent_since }))
    .execute();
}

function watchRow(db: RecordsDb, tenant: TenantId, source: string) {
  return db
    .selectFrom('source_watch')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('source', '=', pgText(source));
}

function checkPause(expectation: Expectation): void {
  if (expectation.kind !== 'set') return;
  const { pauseMs } = expectation;
  if (Number.isInteger(pauseMs) && pauseMs >= 60_000 && pauseMs <= longestPauseMs) return;
  throw new AppError('E_BAD_REQUEST', 'pauseMs: from a minute (60000) to 30 days (2592000000).', { pauseMs });
}
