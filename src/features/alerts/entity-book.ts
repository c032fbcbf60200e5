/** Names to entities, inside the fold's transaction: what is known is looked up, what is new is written down. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import { canonicalAddress } from '../../base/network.ts';
import type { Detection } from '../../model/detection.ts';
import { hostNames, looksLikeIp, type Names, userNames } from '../../model/entity-names.ts';
import type { RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText } from '../../store/schema.ts';
import { chunks } from './journal.ts';

type Kind = 'host' | 'user' | 'ip';

/** An entity as an alert names it. */
export interface NamedEntity {
  readonly kind: Kind;
  readonly id: string;
  /** As the record wrote it. */
  readonly name: string;
  /** 1 to 5, where it was imported. */
  readonly value: number | null;
}

export interface EntityBook {
  /** Null for an empty name, and for what is no address where one is meant. */
  resolve(kind: Kind, name: string): NamedEntity | null;
  /** Host, user and addresses of a detection, as far as it names them. */
  of(detection: Pick<Detection, 'host' | 'user' | 'ips'>): readonly NamedEntity[];
  /** Writes what was new. */
  save(tx: RecordsTx, now: Instant): Promise<void>;
}

interface Known {
  readonly kind: Kind;
  readonly id: string;
  readonly value: number | null;
}

const nameLength = 255;

/** Reads what is known of every name in `detections`, all of one tenant. */
export async function openEntityBook(
  tx: RecordsTx,
  tenant: string,
  detections: readonly Pick<Detection, 'host' | 'user' | 'ips'>[],
): Promise<EntityBook> {
  const asked = new Set<string>();
  for (const { host, user, ips = [] } of detections) {
    for (const { kind, names } of [
      { kind: 'host', names: namesOf('host', host) },
      { kind: 'user', names: namesOf('user', user) },
      ...ips.map((ip) => ({ kind: 'ip', names: namesOf('ip', ip) })),
    ]) {
      if (names === null) continue;
      asked.add(`${kind}:${names.full}`).add(`${kind}:${names.short}`);
      if (kind === 'host' && looksLikeIp(names.full)) asked.add(`ip:${names.full}`);
    }
  }
  const aliases = new Map<string, Known>();
  /** Names of an entity that are longer than its short one. */
  const long = new Map<string, Set<string>>();
  for (const row of await readAliases(tx, tenant, [...asked])) {
    const known = { kind: row.entity_kind, id: row.entity_id, value: row.value };
    aliases.set(`${row.kind}:${row.alias}`, known);
    noteLong(long, row.kind, row.alias, known);
  }
  const fresh: { entities: NewRow<'entities'>[]; aliases: NewRow<'entity_aliases'>[] } = {
    entities: [],
    aliases: [],
  };

  function learn(kind: Kind, alias: string, known: Known): void {
    aliases.set(`${kind}:${alias}`, known);
    noteLong(long, kind, alias, known);
    fresh.aliases.push({ tenant, kind, alias, entity_kind: known.kind, entity_id: known.id });
  }

  function make(kind: Kind, id: string, name: string): Known {
    const known = { kind, id, value: null };
    const at = new Date(0);
    fresh.entities.push({
      tenant,
      kind,
      id,
      name: shown(name),
      value: null,
      first_seen_at: at,
      updated_at: at,
    });
    learn(kind, id, known);
    return known;
  }

  function find(kind: Kind, name: string, { full, short }: Names): Known {
    const known = aliases.get(`${kind}:${full}`) ?? (kind === 'host' ? aliases.get(`ip:${full}`) : undefined);
    if (known !== undefined) return known;
    if (full === short) return make(kind, full, name);
    const byShort = aliases.get(`${kind}:${short}`);
    if (byShort === undefined) {
      const made = make(kind, full, name);
      learn(kind, short, made);
      return made;
    }
    // Another long name has the short one already: this is another machine (or domain).
    if ((long.get(`${byShort.kind}:${byShort.id}`)?.size ?? 0) > 0) return make(kind, full, name);
    learn(kind, full, byShort);
    return byShort;
  }

  function resolve(kind: Kind, name: string): NamedEntity | null {
    const names = namesOf(kind, name);
    return names === null ? null : { ...find(kind, name, names), name: shown(name) };
  }

  return {
    resolve,
    of: ({ host, user, ips = [] }) =>
      [resolve('host', host), resolve('user', user), ...ips.map((ip) => resolve('ip', ip))].filter(
        (entity) => entity !== null,
      ),
    async save(to, now) {
      const at = new Date(now);
      for (const part of chunks(fresh.entities, 1_000)) {
        const rows = part.map((row) => ({ ...row, first_seen_at: at, updated_at: at }));
        await to
          .insertInto('entities')
          .values(rows)
          .onConflict((c) => c.doNothing())
          .execute();
      }
      for (const part of chunks(fresh.aliases, 1_000)) {
        await to
          .insertInto('entity_aliases')
          .values(part)
          .onConflict((c) => c.doNothing())
          .execute();
      }
    },
  };
}

/** In lower case, as an alias is stored. */
export function namesOf(kind: Kind, name: string): Names | null {
  if (name.trim() === '') return null;
  if (kind === 'ip') {
    const address = canonicalAddress(name.trim());
    return address === null ? null : { full: address, short: address };
  }
  const { full, short } = kind === 'host' ? hostNames(name) : userNames(name);
  return full === '' ? null : { full: shown(full), short: shown(short) };
}

function noteLong(long: Map<string, Set<string>>, kind: Kind, alias: string, known: Known): void {
  const names = namesOf(kind, alias);
  if (names === null || names.full === names.short) return;
  const key = `${known.kind}:${known.id}`;
  const set = long.get(key) ?? new Set<string>();
  long.set(key, set.add(names.full));
}

/** Each asked alias with its entity, and every other alias of the same entities. */
async function readAliases(tx: RecordsTx, tenant: string, asked: readonly string[]) {
  if (asked.length === 0) return [];
  const { rows } = await sql<{
    kind: Kind;
    alias: string;
    entity_kind: Kind;
    entity_id: string;
    value: number | null;
  }>`
    with asked as (
      select distinct a.entity_kind, a.entity_id from entity_aliases a
      where a.tenant = ${tenant} and a.kind = any(array['host', 'user', 'ip'])
        and a.alias = any(${asked.map((one) => one.slice(one.indexOf(':') + 1))}::text[])
        and (a.kind || ':' || a.alias) = any(${asked}::text[])
    )
    select a.kind, a.alias, a.entity_kind, a.entity_id, e.value
    from asked
    join entity_aliases a on a.tenant = ${tenant} and a.entity_kind = asked.entity_kind and a.entity_id = asked.entity_id
    join entities e on e.tenant = ${tenant} and e.kind = a.entity_kind and e.id = a.entity_id`.execute(tx);
  return rows;
}

function shown(name: string): string {
  return pgText(name.length > nameLength ? `${name.slice(0, nameLength - 1)}…` : name);
}
