/** CSV rows into entities: what is known by any of its names is that entity, whatever it was called before. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import { canonicalAddress } from '../../base/network.ts';
import type { Actor } from '../../model/actor.ts';
import { hostNames, looksLikeIp, userNames } from '../../model/entity-names.ts';
import { audit } from '../../store/audit-row.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import { type AssetRow, readAssets } from './csv.ts';
import type { AssetKind, ImportReport, RefusedRow } from './types.ts';

interface Alias {
  readonly kind: AssetKind;
  readonly alias: string;
}

interface KnownAlias extends Alias {
  readonly entity_kind: AssetKind;
  readonly entity_id: string;
  readonly imported: boolean;
}

const rowsATransaction = 500;

export async function importAssets(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  kind: 'host' | 'user',
  csv: string,
  now: Instant,
): Promise<ImportReport> {
  const { rows, refused } = readAssets(csv);
  const report = { added: 0, changed: 0, unchanged: 0, refused: [...refused] as RefusedRow[] };
  const taken = new Map<string, number>();
  for (let at = 0; at < rows.length; at += rowsATransaction) {
    const part = rows.slice(at, at + rowsATransaction);
    await records.transaction(async (tx) => {
      for (const row of part) {
        const outcome = await importRow(tx, actor.tenant, kind, row, taken, now);
        if (typeof outcome === 'string') report[outcome] += 1;
        else report.refused.push(outcome);
      }
    });
  }
  const { refused: all, ...counts } = report;
  const details = { ...counts, refused: all.length };
  const entry = { at: now, actor, action: 'assets.imported', resource: 'asset', resourceId: kind, details };
  await records.transaction((tx) => audit(tx, entry));
  return { ...counts, refused: all.toSorted((a, b) => a.line - b.line) };
}

/** `taken`: names of this file with the line that has them. */
async function importRow(
  tx: RecordsTx,
  tenant: string,
  kind: 'host' | 'user',
  row: AssetRow,
  taken: Map<string, number>,
  now: Instant,
): Promise<'added' | 'changed' | 'unchanged' | RefusedRow> {
  const refuse = (reason: string): RefusedRow => ({ line: row.line, name: row.name, reason });
  const aliases = aliasesOf(kind, row);
  const double = aliases.find((alias) => taken.has(keyOf(alias)));
  if (double !== undefined)
    return refuse(`${double.alias} is named in line ${taken.get(keyOf(double))} already`);
  const known = await readKnown(tx, tenant, aliases);
  // A short name alone, learned from records, may be anybody's: it decides only where nothing else does.
  const imported = [...new Set(known.filter((one) => one.imported).map((one) => one.entity_id))];
  if (imported.length > 1)
    return refuse(`its names belong to ${imported.slice(0, 3).join(' and ')}, imported before`);
  const own = known.find((one) => one.alias === aliases[0]?.alias) ?? known[0];
  const target = known.find((one) => one.imported) ?? own;
  const id = target?.entity_id ?? aliases[0]?.alias ?? '';
  const entityKind = target?.entity_kind ?? kind;
  for (const alias of aliases) taken.set(keyOf(alias), row.line);
  const outcome = await writeEntity(tx, tenant, entityKind, id, row, now);
  const moved = await writeAliases(tx, tenant, entityKind, id, aliases, known);
  return outcome === 'unchanged' && moved ? 'changed' : outcome;
}

/** Its name first. A long name brings its short one along, as records would use it. */
function aliasesOf(kind: 'host' | 'user', row: AssetRow): readonly Alias[] {
  const all: Alias[] = [];
  const add = (alias: Alias): void => {
    if (!all.some((known) => keyOf(known) === keyOf(alias))) all.push(alias);
  };
  for (const name of [row.name, ...row.aliases]) {
    const address = kind === 'host' && looksLikeIp(name) ? canonicalAddress(name) : null;
    if (address !== null) {
      add({ kind: 'host', alias: address });
      add({ kind: 'ip', alias: address });
      continue;
    }
    const { full, short } = kind === 'host' ? hostNames(name) : userNames(name);
    add({ kind, alias: pgText(full) });
    if (name === row.name && short !== full) add({ kind, alias: pgText(short) });
  }
  return all;
}

function keyOf({ kind, alias }: Alias): string {
  return `${kind}:${alias}`;
}

async function readKnown(
  tx: RecordsTx,
  tenant: string,
  aliases: readonly Alias[],
): Promise<readonly KnownAlias[]> {
  const keys = new Set(aliases.map(keyOf));
  const rows = await tx
    .selectFrom('entity_aliases')
    .select(['kind', 'alias', 'entity_kind', 'entity_id', 'imported'])
    .where('tenant', '=', tenant)
    .where('alias', '=', sql<string>`any(${aliases.map(({ alias }) => alias)}::text[])`)
    .orderBy('imported', 'desc')
    .orderBy('alias')
    .execute();
  return rows.filter((row) => keys.has(keyOf(row)));
}

async function writeEntity(
  tx: RecordsTx,
  tenant: string,
  kind: AssetKind,
  id: string,
  row: AssetRow,
  now: Instant,
): Promise<'added' | 'changed' | 'unchanged'> {
  const before = await tx
    .selectFrom('entities')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst();
  const values = {
    name: pgText(row.name),
    owner: pgText(row.owner),
    role: pgText(row.role),
    value: row.value,
    tags: JSON.stringify(row.tags.map(pgText)),
    imported: true,
    updated_at: new Date(now),
  };
  if (before === undefined) {
    await tx
      .insertInto('entities')
      .values({ tenant, kind, id, first_seen_at: new Date(now), ...values })
      .execute();
    return 'added';
  }
  const same =
    before.imported &&
    before.name === values.name &&
    before.owner === values.owner &&
    before.role === values.role &&
    before.value === values.value &&
    JSON.stringify(before.tags) === values.tags;
  if (same) return 'unchanged';
  await tx
    .updateTable('entities')
    .set(values)
    .where('tenant', '=', tenant)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .execute();
  return before.imported ? 'changed' : 'added';
}

/** Names that records had taught as another's go to the imported one. True when something changed. */
async function writeAliases(
  tx: RecordsTx,
  tenant: string,
  kind: AssetKind,
  id: string,
  aliases: readonly Alias[],
  known: readonly KnownAlias[],
): Promise<boolean> {
  const news = aliases.filter((alias) => {
    const one = known.find((row) => keyOf(row) === keyOf(alias));
    return one === undefined || !one.imported || one.entity_id !== id || one.entity_kind !== kind;
  });
  if (news.length === 0) return false;
  await tx
    .insertInto('entity_aliases')
    .values(news.map((alias) => ({ tenant, ...alias, entity_kind: kind, entity_id: id, imported: true })))
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'kind', 'alias'])
        .doUpdateSet({ entity_kind: kind, entity_id: id, imported: true }),
    )
    .execute();
  return true;
}
