/** Assets and identities as CSV: rows that can be taken, and refusals with their line. Pure. */
import { parse } from 'csv-parse/sync';
import { AppError, messageOf } from '../../base/errors.ts';
import type { RefusedRow } from './types.ts';

export interface AssetRow {
  readonly line: number;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly owner: string;
  readonly role: string;
  /** 1 to 5, or null where the row says nothing. */
  readonly value: number | null;
  readonly tags: readonly string[];
}

export interface ReadCsv {
  readonly rows: readonly AssetRow[];
  readonly refused: readonly RefusedRow[];
}

const columns = ['name', 'aliases', 'owner', 'role', 'value', 'tags'] as const;
const valueWords: Readonly<Record<string, number>> = {
  low: 1,
  'below average': 2,
  average: 3,
  medium: 3,
  high: 4,
  critical: 5,
};
const nameLength = 255;
const mostAliases = 50;

/** `aliases` and `tags` hold several, separated by `;` or `|`. */
export function readAssets(csv: string): ReadCsv {
  const refused: RefusedRow[] = [];
  const records = recordsOf(csv);
  const [header, ...lines] = records;
  if (header === undefined)
    throw new AppError('E_BAD_REQUEST', 'the file is empty; its first line has to name the columns');
  const names = header.fields.map((name) => name.trim().toLowerCase());
  if (!names.includes('name'))
    throw new AppError(
      'E_BAD_REQUEST',
      `line ${header.line}: no column is called name; columns are ${columns.join(', ')}`,
    );
  const strange = names.find((name) => name !== '' && !(columns as readonly string[]).includes(name));
  if (strange !== undefined)
    throw new AppError(
      'E_BAD_REQUEST',
      `line ${header.line}: no column is called ${strange}; columns are ${columns.join(', ')}`,
    );
  const rows: AssetRow[] = [];
  for (const { line, fields } of lines) {
    if (fields.every((field) => field.trim() === '')) continue;
    const row = readRow(names, fields, line);
    if ('reason' in row) refused.push(row);
    else rows.push(row);
  }
  return { rows, refused };
}

function recordsOf(csv: string): readonly { readonly line: number; readonly fields: readonly string[] }[] {
  try {
    const parsed = parse(csv, {
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      delimiter: separatorOf(csv),
    }) as unknown as readonly {
      readonly info: { readonly lines: number };
      readonly record: readonly string[];
    }[];
    return parsed.map(({ info, record }) => ({ line: info.lines, fields: record }));
  } catch (thrown) {
    throw new AppError('E_BAD_REQUEST', `not CSV: ${messageOf(thrown)}`, {}, thrown);
  }
}

/** Spreadsheets of some countries write semicolons. Those between aliases do not count: the header has none. */
function separatorOf(csv: string): ',' | ';' | '\t' {
  const [header = ''] = csv.split(/\r?\n/, 1);
  if (header.includes('\t')) return '\t';
  return header.includes(';') && !header.includes(',') ? ';' : ',';
}

function readRow(names: readonly string[], fields: readonly string[], line: number): AssetRow | RefusedRow {
  const field = (name: (typeof columns)[number]): string => fields[names.indexOf(name)]?.trim() ?? '';
  const name = field('name');
  const refuse = (reason: string): RefusedRow => ({ line, name, reason });
  if (fields.length > names.length && fields.slice(names.length).some((extra) => extra.trim() !== ''))
    return refuse(`has ${fields.length} fields where the header has ${names.length}`);
  if (name === '') return refuse('has no name');
  const aliases = list(field('aliases'));
  const long = [name, ...aliases].find((text) => text.length > nameLength);
  if (long !== undefined) return refuse(`a name has more than ${nameLength} characters`);
  if (aliases.length > mostAliases) return refuse(`has more than ${mostAliases} aliases`);
  const value = readValue(field('value'));
  if (value === undefined)
    return refuse(`value is ${field('value')}; it has to be 1 to 5, or low, medium, high, critical`);
  return {
    line,
    name,
    aliases,
    owner: field('owner'),
    role: field('role'),
    value,
    tags: list(field('tags')),
  };
}

function readValue(text: string): number | null | undefined {
  if (text === '') return null;
  const word = valueWords[text.toLowerCase()];
  if (word !== undefined) return word;
  return /^[1-5]$/.test(text) ? Number(text) : undefined;
}

function list(text: string): readonly string[] {
  const parts = text.split(/[;|]/).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}
