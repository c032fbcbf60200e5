/** Hosts, users and addresses: imported or seen, and which of them never make alerts belong together. */

import { load } from 'js-yaml';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { readCursor, refusedCursor, writeCursor } from '../../base/cursor.ts';
import { AppError } from '../../base/errors.ts';
import { uuidv7 } from '../../base/ids.ts';
import { rangeTest } from '../../base/network.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { Entity, NeverGroupEntry } from '../../model/entity.ts';
import { hostNames, userNames } from '../../model/entity-names.ts';
import { compileNeverGroup, type NeverGroup, type NeverGroupPattern } from '../../model/never-group.ts';
import { audit } from '../../store/audit-row.ts';
import { toEntity } from '../../store/entity-row.ts';
import { isUniqueViolation, type Records, type RecordsDb, type RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { importAssets } from './import.ts';
import type { AssetKind, AssetPage, AssetQuery, AssetsService } from './types.ts';

export interface AssetsDeps {
  readonly records: Pick<Records, 'db' | 'transaction'>;
  readonly clock: Clock;
  /** Patterns that come with the program. */
  readonly shipped: readonly NeverGroupPattern[];
}

const NeverGroupFile = z.array(
  z.strictObject({
    kind: z.enum(['host', 'user', 'ip']),
    reason: z.string().min(1),
    patterns: z.array(z.string().min(1)).min(1),
  }),
);

/** Throws a plain Error that names the place: the file is part of the program. */
export function parseNeverGroup(yaml: string): readonly NeverGroupPattern[] {
  const patterns = NeverGroupFile.parse(load(yaml, { maxAliases: 0 })).flatMap(
    ({ kind, reason, patterns: all }) => all.map((pattern) => ({ kind, pattern, reason })),
  );
  compileNeverGroup(patterns);
  return patterns;
}

const mostEntries = 5_000;

export function createAssets(deps: AssetsDeps): AssetsService {
  const { records, clock, shipped } = deps;
  let list: NeverGroup = compileNeverGroup(shipped);

  async function own(tenant: string | null): Promise<readonly Row<'never_group'>[]> {
    const query = records.db.selectFrom('never_group').selectAll().orderBy('created_at').orderBy('id');
    const scoped = tenant === null ? query : query.where('tenant', '=', tenant);
    return await scoped.limit(mostEntries).execute();
  }

  async function refresh(): Promise<void> {
    list = compileNeverGroup([...shipped, ...(await own(null))]);
  }

  return {
    list: (scope, query) => listAssets(records.db, scope, query),
    get: (scope, kind, name) => getAsset(records.db, scope, kind, name),
    importCsv: (actor, kind, csv) => importAssets(records, actor, kind, csv, clock.now()),
    async neverGroup(scope) {
      const rows = await own(scope.tenant);
      return [
        ...shipped.map((entry) => ({ ...entry, id: '', createdBy: '', createdAt: null })),
        ...rows.map(toEntry),
      ];
    },
    async addNeverGroup(actor, entry) {
      refuseBroken(entry);
      const row = await insertEntry(records, actor, entry, clock.now());
      await refresh();
      return toEntry(row);
    },
    async removeNeverGroup(actor, id) {
      await deleteEntry(records, actor, id, clock.now());
      await refresh();
    },
    compiled: () => list,
    refresh,
  };
}

function refuseBroken({ kind, pattern }: NeverGroupPattern): void {
  if (kind === 'ip' && rangeTest(pattern) === null)
    throw new AppError(
      'E_BAD_REQUEST',
      `pattern: ${pattern} is neither an address nor a range like 10.0.0.0/8`,
    );
  if (kind !== 'ip' && /^\**$/.test(pattern))
    throw new AppError('E_BAD_REQUEST', 'pattern: stars alone would keep every alert apart');
}

async function insertEntry(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  entry: NeverGroupPattern,
  now: number,
): Promise<Row<'never_group'>> {
  try {
    return await records.transaction(async (tx) => {
      const row = await tx
        .insertInto('never_group')
        .values({
          tenant: actor.tenant,
          id: uuidv7(now),
          kind: entry.kind,
          pattern: pgText(entry.pattern),
          reason: pgText(entry.reason),
          created_by: pgText(actor.name),
          created_at: new Date(now),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await note(tx, actor, now, 'never_group.added', row);
      return row;
    });
  } catch (thrown) {
    if (!isUniqueViolation(thrown)) throw thrown;
    throw new AppError('E_CONFLICT', `${entry.pattern} is on the list already`, {}, thrown);
  }
}

async function deleteEntry(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  id: string,
  now: number,
): Promise<void> {
  await records.transaction(async (tx) => {
    const row = await tx
      .deleteFrom('never_group')
      .where('tenant', '=', actor.tenant)
      .where('id', '=', pgText(id))
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw new AppError('E_NOT_FOUND', `no entry ${id} that was added here`);
    await note(tx, actor, now, 'never_group.removed', row);
  });
}

function note(tx: RecordsTx, actor: Actor, now: number, action: string, row: Row<'never_group'>) {
  const details = { kind: row.kind, pattern: row.pattern };
  return audit(tx, { at: now, actor, action, resource: 'asset', resourceId: row.id, details });
}

function toEntry(row: Row<'never_group'>): NeverGroupEntry {
  const { id, kind, pattern, reason } = row;
  return { id, kind, pattern, reason, createdBy: row.created_by, createdAt: row.created_at.getTime() };
}

async function listAssets(db: RecordsDb, scope: Scope, query: AssetQuery): Promise<AssetPage> {
  const conditions = [sql`e.tenant = ${scope.tenant}`];
  if (query.kind !== undefined) conditions.push(sql`e.kind = any(${[...query.kind]}::text[])`);
  if (query.imported !== undefined) conditions.push(sql`e.imported = ${query.imported}`);
  const text = query.text?.trim().toLowerCase() ?? '';
  if (text !== '') {
    const pattern = `%${pgText(text).replaceAll(/[\\%_]/g, '\\$&')}%`;
    conditions.push(sql`(lower(e.name) like ${pattern} or lower(e.owner) like ${pattern} or lower(e.role) like ${pattern}
      or exists (select from entity_aliases a where a.tenant = e.tenant and a.entity_kind = e.kind
        and a.entity_id = e.id and a.alias like ${pattern}))`);
  }
  const where = sql.join(conditions, sql` and `);
  const after = query.cursor === undefined ? sql`true` : afterCursor(query.cursor);
  const { rows } = await sql<Row<'entities'> & { aliases: string[] | null }>`
    select e.*, (select array_agg(a.alias order by a.alias) from entity_aliases a
      where a.tenant = e.tenant and a.entity_kind = e.kind and a.entity_id = e.id
        and a.alias <> lower(e.name)) as aliases
    from entities e where ${where} and ${after}
    order by lower(e.name), e.kind, e.id limit ${query.limit + 1}`.execute(db);
  const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from entities e where ${where}`.execute(db);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((row) => toEntity(row, row.aliases ?? [])),
    total: counted[0]?.total ?? 0,
    nextCursor:
      rows.length > query.limit && last !== undefined
        ? writeCursor([last.name.toLowerCase(), last.kind, last.id])
        : null,
  };
}

const Key = z.tuple([z.string(), z.string(), z.string()]);

function afterCursor(cursor: string) {
  const key = Key.safeParse(readCursor(cursor));
  if (!key.success) throw refusedCursor(key.error);
  const [name, kind, id] = key.data;
  return sql`(lower(e.name), e.kind, e.id) > (${pgText(name)}, ${pgText(kind)}, ${pgText(id)})`;
}

async function getAsset(db: RecordsDb, scope: Scope, kind: AssetKind, name: string): Promise<Entity> {
  const wanted =
    kind === 'host' ? hostNames(name).full : kind === 'user' ? userNames(name).full : name.toLowerCase();
  const alias = await db
    .selectFrom('entity_aliases')
    .select(['entity_kind', 'entity_id'])
    .where('tenant', '=', scope.tenant)
    .where('kind', '=', kind)
    .where('alias', '=', pgText(wanted))
    .executeTakeFirst();
  if (alias === undefined) throw new AppError('E_NOT_FOUND', `no ${kind} ${name}`);
  const row = await db
    .selectFrom('entities')
    .selectAll()
    .where('tenant', '=', scope.tenant)
    .where('kind', '=', alias.entity_kind)
    .where('id', '=', alias.entity_id)
    .executeTakeFirstOrThrow();
  const aliases = await db
    .selectFrom('entity_aliases')
    .select('alias')
    .where('tenant', '=', scope.tenant)
    .where('entity_kind', '=', row.kind)
    .where('entity_id', '=', row.id)
    .where('alias', '<>', row.name.toLowerCase())
    .orderBy('alias')
    .execute();
  return toEntity(
    row,
    aliases.map((one) => one.alias),
  );
}
