/** Reads all tables of one moment, a few rows at a time. */
import { CompiledQuery } from 'kysely';
import { type RecordsTx, type TableDump } from '../records.ts';
import { recordsTables } from '../schema.ts';
import { type Column, columnsOf, dumpExpression, dumpValue, quoted } from './columns.ts';

/** Rows per fetch: evidence may hold a megabyte in a row, and the embedded engine has little memory. */
const wideRows = 20;
const narrowRows = 500;

export async function dumpTables(
  tx: RecordsTx,
  write: (dump: TableDump) => Promise<void>,
  onSnapshot: () => void,
): Promise<void> {
  // The first query fixes the snapshot of a repeatable-read transaction.
  await tx.selectFrom('meta').select('key').limit(1).execute();
  onSnapshot();
  for (const table of recordsTables) {
    const columns = await columnsOf(tx, table);
    await write({ table, rows: readRows(tx, table, columns) });
  }
}

async function* readRows(
  tx: RecordsTx,
  table: string,
  columns: readonly Column[],
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const run = (sql: string) => tx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql));
  const count = columns.some((column) => column.type === 'bytea') ? wideRows : narrowRows;
  await run(
    `declare dump_rows no scroll cursor for select ${columns.map(dumpExpression).join(', ')} from ${quoted(table)}`,
  );
  try {
    for (;;) {
      const { rows } = await run(`fetch ${count} from dump_rows`);
      for (const row of rows) {
        yield Object.fromEntries(columns.map((column) => [column.name, dumpValue(column, row[column.name])]));
      }
      if (rows.length < count) return;
    }
  } finally {
    await run('close dump_rows');
  }
}
