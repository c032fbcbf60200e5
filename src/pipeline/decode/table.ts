/** Rows of a table to objects by the table's header: Zeek's TSV (`#fields`, `#types`), W3C's extended log (`#Fields:`). */
import { err, ok, type Result } from '../../base/result.ts';
import type { RecordContext, UnparsedReason } from '../../model/batch.ts';
import type { JsonRecord } from '../../model/record.ts';

interface Table {
  readonly path: string;
  readonly separator: string;
  readonly setSeparator: string;
  readonly empty: string;
  readonly unset: string;
  readonly names: readonly string[];
  readonly types: readonly string[];
}

const tables = new WeakMap<object, Table | null>();

/**
 * The row as Zeek's own JSON writer gives it: `_path` first, unset fields left out, `time`, `interval` and
 * counts as numbers, sets and vectors as lists.
 */
export function readRow(
  line: string,
  context: Pick<RecordContext, 'header'>,
): Result<JsonRecord, UnparsedReason> {
  let table = tables.get(context);
  if (table === undefined) {
    table = readHeader(context.header ?? '');
    tables.set(context, table);
  }
  if (table === null) return err('malformed_row');
  const cells = line.split(table.separator);
  if (cells.length !== table.names.length) return err('malformed_row');
  const row: Record<string, unknown> = table.path === '' ? {} : { _path: table.path };
  for (const [i, cell] of cells.entries()) {
    const name = table.names[i] ?? '';
    if (cell === table.unset || name === '__proto__') continue;
    row[name] = readCell(cell, table.types[i] ?? 'string', table);
  }
  return ok(row);
}

function readHeader(header: string): Table | null {
  const lines = header.split('\n').map((line) => line.replace(/\r$/, ''));
  const extended = lines.findLast((line) => line.startsWith('#Fields: '));
  if (extended !== undefined) return extendedTable(extended);
  const separator = unescape(lines.find((line) => line.startsWith('#separator '))?.slice(11) ?? '\t');
  const entry = (name: string): string[] =>
    lines
      .findLast((line) => line.startsWith(`#${name}${separator}`))
      ?.split(separator)
      .slice(1) ?? [];
  const names = entry('fields');
  if (names.length === 0) return null;
  return {
    path: entry('path')[0] ?? '',
    separator,
    setSeparator: unescape(entry('set_separator')[0] ?? ','),
    empty: entry('empty_field')[0] ?? '(empty)',
    unset: entry('unset_field')[0] ?? '-',
    names,
    types: entry('types'),
  };
}

/** W3C's working draft of 1996: names and values between blanks, IIS writes `+` for a blank in a value. */
function extendedTable(fields: string): Table {
  const names = fields
    .slice('#Fields: '.length)
    .trim()
    .split(/[ \t]+/);
  return {
    path: '',
    separator: ' ',
    setSeparator: ',',
    empty: '',
    unset: '-',
    names,
    types: names.map(() => 'raw'),
  };
}

const numeric = new Set(['time', 'interval', 'count', 'int', 'double', 'port']);

function readCell(cell: string, type: string, table: Table): unknown {
  const inner = /^(?:set|vector|list|table)\[(.+)\]$/.exec(type)?.[1];
  if (inner !== undefined) {
    if (cell === table.empty || cell === '') return [];
    return cell.split(table.setSeparator).map((item) => readScalar(item, inner));
  }
  return cell === table.empty ? '' : readScalar(cell, type);
}

function readScalar(cell: string, type: string): unknown {
  if (type === 'raw') return cell;
  if (numeric.has(type)) {
    const value = Number(cell);
    return cell !== '' && Number.isFinite(value) ? value : cell;
  }
  if (type === 'bool') return cell === 'T' ? true : cell === 'F' ? false : cell;
  return unescape(cell);
}

/** Zeek writes separators and unprintable bytes as `\xHH`, a UTF-8 character as several of them. */
function unescape(text: string): string {
  if (!text.includes('\\x')) return text;
  return text.replace(/(?:\\x[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('\\x', ''), 'hex').toString('utf8'),
  );
}
