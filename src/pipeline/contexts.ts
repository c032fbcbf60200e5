/** Contexts of records: few, each stored once, before the first row that names it (ADR 4). */
import { type Clock, toIso } from '../base/clock.ts';
import { hashId } from '../base/ids.ts';
import type { RecordContext } from '../model/batch.ts';
import type { ContextId, TenantId } from '../model/ids.ts';
import type { Records } from '../store/records.ts';
import { pgText } from '../store/schema.ts';

export type ContextFacts = Omit<RecordContext, 'id'>;

export interface Contexts {
  /** Stores it unless it is known. */
  ensure(facts: ContextFacts): Promise<RecordContext>;
  /** All of a tenant, by id; they are few (at most 10,000 are read). */
  all(tenant: TenantId): Promise<ReadonlyMap<string, RecordContext>>;
  /** Throws a plain Error when it is not there: rows never name a context that was not stored before. */
  get(tenant: TenantId, id: ContextId): Promise<RecordContext>;
}

const maxCached = 10_000;

export function createContexts(records: Records, clock: Clock): Contexts {
  const known = new Map<ContextId, RecordContext>();

  function remember(context: RecordContext): RecordContext {
    if (known.size >= maxCached) known.clear();
    known.set(context.id, context);
    return context;
  }

  return {
    async ensure(facts) {
      const body = canonical(facts);
      const id = hashId(body) as ContextId;
      const cached = known.get(id);
      if (cached !== undefined) return cached;
      await records.db
        .insertInto('contexts')
        .values({ tenant: facts.tenant, id, body, created_at: toIso(clock.now()) })
        .onConflict((c) => c.columns(['tenant', 'id']).doNothing())
        .execute();
      return remember({ ...(JSON.parse(body) as ContextFacts), id });
    },
    async all(tenant) {
      const rows = await records.db
        .selectFrom('contexts')
        .select(['id', 'body'])
        .where('tenant', '=', tenant)
        .orderBy('created_at', 'desc')
        .limit(maxCached)
        .execute();
      return new Map(
        rows.map(({ id, body }) => [id, { ...(JSON.parse(body) as ContextFacts), id: id as ContextId }]),
      );
    },
    async get(tenant, id) {
      const cached = known.get(id);
      if (cached !== undefined && cached.tenant === tenant) return cached;
      const row = await records.db
        .selectFrom('contexts')
        .select('body')
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) throw new Error(`context ${id} of tenant ${tenant} is not in the records store`);
      return remember({ ...(JSON.parse(row.body) as ContextFacts), id });
    },
  };
}

/** JSON with sorted keys, free of what PostgreSQL text can't hold. */
function canonical(facts: ContextFacts): string {
  const entries = Object.entries(facts).filter(([, value]) => value !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    Object.fromEntries(
      entries.map(([key, value]) => [key, typeof value === 'string' ? pgText(value) : value]),
    ),
  );
}
