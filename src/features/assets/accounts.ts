/** Accounts learnt from events that name them by SID and by name: one entity under both, whatever it is called later. */
import { sql } from 'kysely';
import type { Clock, Instant } from '../../base/clock.ts';
import { userNames } from '../../model/entity-names.ts';
import type { NeverGroup } from '../../model/never-group.ts';
import type { RecordsTx } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';

export interface AccountTally {
  readonly tenant: string;
  readonly accounts: readonly { readonly sid: string; readonly name: string; readonly at: Instant }[];
}

export interface AccountsDeps {
  readonly clock: Clock;
  readonly neverGroup: () => NeverGroup;
}

/** Writes what is new, inside the transaction of the batches; most batches bring nothing new. */
export type LearnAccounts = (tx: RecordsTx, tallies: readonly AccountTally[]) => Promise<void>;

/** SID and name of which the store was seen to know; beyond so many they are looked up again. */
const mostKnown = 50_000;
const atOnce = 1_000;

interface Account {
  readonly sid: string;
  /** In lower case, as an alias. */
  readonly full: string;
  readonly short: string;
  readonly shown: string;
  readonly at: Instant;
}

interface Held {
  readonly id: string;
  readonly kind: 'host' | 'user' | 'ip';
  readonly imported: boolean;
  /** Of the entity's name; 0 where no event has said it. */
  readonly namedAt: Instant;
}

export function createLearnAccounts(deps: AccountsDeps): LearnAccounts {
  const known = new Set<string>();
  const keyOf = (tenant: string, { sid, full }: Account) => `${tenant}\n${sid}\n${full}`;
  return async (tx, tallies) => {
    for (const [tenant, accounts] of newestOf(tallies, deps.neverGroup())) {
      const open = accounts.filter((account) => !known.has(keyOf(tenant, account)));
      for (let from = 0; from < open.length; from += atOnce) {
        const part = open.slice(from, from + atOnce);
        const aliases = await readAliases(tx, tenant, part);
        if (known.size + part.length > mostKnown) known.clear();
        for (const account of part) {
          // What this transaction writes counts only when a later one finds it.
          if (isKnown(aliases, account)) known.add(keyOf(tenant, account));
          else await learn(new Book(tx, tenant, aliases, deps.clock.now()), account);
        }
      }
    }
  };
}

function newestOf(
  tallies: readonly AccountTally[],
  never: NeverGroup,
): ReadonlyMap<string, readonly Account[]> {
  const tenants = new Map<string, Map<string, Account>>();
  for (const { tenant, accounts } of tallies) {
    const bySid = tenants.get(tenant) ?? new Map<string, Account>();
    for (const { sid, name, at } of accounts) {
      const before = bySid.get(sid.toLowerCase());
      if (never.reason('user', name) !== null || (before !== undefined && before.at > at)) continue;
      const { full, short } = userNames(pgText(name));
      bySid.set(sid.toLowerCase(), { sid: sid.toLowerCase(), full, short, shown: pgText(name), at });
    }
    if (bySid.size > 0) tenants.set(tenant, bySid);
  }
  return new Map(
    [...tenants].map(([tenant, bySid]) => [tenant, [...bySid.values()].sort((a, b) => a.at - b.at)]),
  );
}

type Aliases = Map<string, Held>;

function isKnown(aliases: Aliases, { sid, full }: Account): boolean {
  const [bySid, byName] = [aliases.get(sid), aliases.get(full)];
  return bySid !== undefined && bySid.id === byName?.id;
}

async function readAliases(tx: RecordsTx, tenant: string, accounts: readonly Account[]): Promise<Aliases> {
  const asked = [...new Set(accounts.flatMap(({ sid, full, short }) => [sid, full, short]))];
  const { rows } = await sql<{
    alias: string;
    id: string;
    kind: Held['kind'];
    imported: boolean;
    named_at: Date | null;
  }>`
    select a.alias, e.id, e.kind, e.imported, e.named_at from entity_aliases a
    join entities e on e.tenant = a.tenant and e.kind = a.entity_kind and e.id = a.entity_id
    where a.tenant = ${tenant} and a.kind = 'user' and a.alias = any(${asked}::text[])`.execute(tx);
  return new Map(
    rows.map(({ alias, id, kind, imported, named_at: namedAt }) => [
      alias,
      { id, kind, imported, namedAt: namedAt?.getTime() ?? 0 },
    ]),
  );
}

/** An older event, as of an archive, tells of a name that the account had; it takes no name from who has it now. */
async function learn(book: Book, account: Account): Promise<void> {
  const bySid = book.of(account.sid);
  const byName = book.of(account.full);
  if (bySid === undefined) {
    const entity = byName ?? (await book.byShort(account)) ?? (await book.make(account));
    await book.point([account.sid, account.full], entity);
    await book.named(entity, account);
  } else if (byName === undefined) {
    await book.point([account.full, ...(book.of(account.short) === undefined ? [account.short] : [])], bySid);
    await book.named(bySid, account);
  } else if ((bySid.id === account.sid || byName.imported) && !bySid.imported) {
    // Until now it was only a SID, or people said whose name it is.
    await book.point([account.sid], byName);
    await book.named(byName, account);
  } else if (!byName.imported && account.at > bySid.namedAt && account.at > byName.namedAt) {
    await book.point([account.full], bySid);
    await book.named(bySid, account);
  }
}

/** The aliases that were read, and what is written to them. */
class Book {
  readonly #tx: RecordsTx;
  readonly #tenant: string;
  readonly #aliases: Aliases;
  readonly #now: Date;

  constructor(tx: RecordsTx, tenant: string, aliases: Aliases, now: Instant) {
    this.#tx = tx;
    this.#tenant = tenant;
    this.#aliases = aliases;
    this.#now = new Date(now);
  }

  of(alias: string): Held | undefined {
    return this.#aliases.get(alias);
  }

  /** The entity under the short form, where no other long name has it: another domain's account of the same name. */
  async byShort({ full, short }: Account): Promise<Held | undefined> {
    const held = this.of(short);
    if (held === undefined || full === short) return held;
    const rows = await this.#tx
      .selectFrom('entity_aliases')
      .select('alias')
      .where('tenant', '=', this.#tenant)
      .where('entity_kind', '=', 'user')
      .where('entity_id', '=', held.id)
      .execute();
    const others = rows.some(
      ({ alias }) => alias !== full && userNames(alias).full !== userNames(alias).short,
    );
    return others ? undefined : held;
  }

  async make({ full, short, shown }: Account): Promise<Held> {
    const made: Held = { id: full, kind: 'user', imported: false, namedAt: 0 };
    await this.#tx
      .insertInto('entities')
      .values({
        tenant: this.#tenant,
        kind: 'user',
        id: full,
        name: shown,
        value: null,
        first_seen_at: this.#now,
        updated_at: this.#now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    if (this.of(short) === undefined) await this.point([short], made);
    return made;
  }

  async point(aliases: readonly string[], held: Held): Promise<void> {
    const rows = [...new Set(aliases)].map((alias) => ({
      tenant: this.#tenant,
      kind: 'user' as const,
      alias,
      entity_kind: held.kind,
      entity_id: held.id,
    }));
    await this.#tx
      .insertInto('entity_aliases')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'kind', 'alias']).doUpdateSet((eb) => ({
          entity_kind: eb.ref('excluded.entity_kind'),
          entity_id: eb.ref('excluded.entity_id'),
        })),
      )
      .execute();
    for (const { alias } of rows) this.#aliases.set(alias, held);
  }

  /** The newest name wins; one that was imported stays. */
  async named(held: Held, { shown, at }: Account): Promise<void> {
    if (at <= held.namedAt) return;
    await this.#tx
      .updateTable('entities')
      .set((eb) => ({
        name: eb.case().when('imported', '=', true).then(eb.ref('name')).else(shown).end(),
        named_at: new Date(at),
        updated_at: this.#now,
      }))
      .where('tenant', '=', this.#tenant)
      .where('kind', '=', 'user')
      .where('id', '=', held.id)
      .execute();
    for (const [alias, one] of this.#aliases)
      if (one.id === held.id) this.#aliases.set(alias, { ...held, namedAt: at });
  }
}
