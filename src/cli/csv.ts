/** Rows of CSV for spreadsheets and other programs. */
import { inert } from './output.ts';

/** RFC 4180, line end included. */
export function csvRow(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A cell that a spreadsheet would run as a formula is kept from it; a row stays on one line. */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = inert(value);
  const safe = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u.test(text) ? `'${text}` : text;
  return /[",'\u2028\u2029]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
