/** Fills an empty database from a dump, all of it or nothing. */
import { CompiledQuery } from 'kysely';
import { AppError } from '../../base/errors.ts';
import type { RecordsTx, TableDump } from '../records.ts';
import { recordsTables } from '../schema.ts';
import { type Column, columnsOf, quoted, restoreColumn } from './columns.ts';

/** A batch is one JSON parameter: bounded by bytes, because one row of evidence may be a megabyte. */
const batchBytes = 1 << 20;

export async function restoreTables(
  tx: RecordsTx,
  tables: AsyncIterable<TableDump>,
): Promise<Readonly<Record<string, number>>> {
  await refuseFilled(tx);
  const counts: Record<string, number> = {};
  for await (const { table, rows } of tables) {
    if (!(recordsTables as readonly string[]).includes(table)) {
      throw new AppError(
        'E_DATA_INVALID',
        `the backup has a table ${table} that this version does not know: restore it with the version that made it`,
      );
    }
    const columns = await columnsOf(tx, table);
    counts[table] = (counts[table] ?? 0) + (await fill(tx, table, columns, rows));
    await continueSequences(tx, table, columns);
  }
  return counts;
}

async function refuseFilled(tx: RecordsTx): Promise<void> {
  for (const table of recordsTables) {
    const filled = await tx.executeQuery(CompiledQuery.raw(`select 1 from ${quoted(table)} limit 1`));
    if (filled.rows.length > 0) {
      throw new AppError(
        'E_DATA_INVALID',
        `the records store is not empty (table ${table}): restore into a fresh data directory or database`,
      );
    }
  }
}

async function fill(
  tx: RecordsTx,
  table: string,
  columns: readonly Column[],
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
): Promise<number> {
  const insert = insertSql(table, columns);
  const names = new Set(columns.map((column) => column.name));
  let batch: string[] = [];
  let bytes = 0;
  let total = 0;
  const flush = async () => {
    if (batch.length > 0) await tx.executeQuery(CompiledQuery.raw(insert, [`[${batch.join(',')}]`]));
    total += batch.length;
    batch = [];
    bytes = 0;
  };
  for await (const row of rows) {
    refuseStrange(table, names, row);
    const json = JSON.stringify(row);
    batch.push(json);
    bytes += json.length;
    if (bytes >= batchBytes) await flush();
  }
  await flush();
  return total;
}

/** A missing or extra column means another schema; filling it with null or dropping it would lose data silently. */
function refuseStrange(
  table: string,
  names: ReadonlySet<string>,
  row: Readonly<Record<string, unknown>>,
): void {
  const keys = Object.keys(row);
  const strange = keys.find((key) => !names.has(key));
  if (strange === undefined && keys.length === names.size) return;
  throw new AppError(
    'E_DATA_INVALID',
    `the backup's table ${table} has other columns than this version's: restore it with the version that made it`,
    {
      table,
      column: strange ?? [...names].find((name) => !(name in row)),
    },
  );
}

function insertSql(table: string, columns: readonly Column[]): string {
  const parts = columns.map(restoreColumn);
  return `insert into ${quoted(table)} (${columns.map((column) => quoted(column.name)).join(', ')})
    select ${parts.map((part) => part.read).join(', ')}
      from json_to_recordset($1::json) as x(${parts.map((part) => part.declared).join(', ')})`;
}

/** Identity columns go on after the highest restored number. */
async function continueSequences(tx: RecordsTx, table: string, columns: readonly Column[]): Promise<void> {
  for (const column of columns.filter((column) => column.identity)) {
    const name = quoted(column.name);
    await tx.executeQuery(
      CompiledQuery.raw(
        `select setval(pg_get_serial_sequence($1, $2), max(${name})) from ${quoted(table)} having max(${name}) is not null`,
        [table, column.name],
      ),
    );
  }
}
