/** Lines of IIS and CloudFront that came without their header, as shippers send them: by the columns that these have by default. */
import type { ParseOutcome } from '../../model/event.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { cloudfrontColumns, iisColumns, w3cComputed, w3cEvent } from './lib/w3c.ts';

const iis =
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [0-9A-Fa-f.:%]{2,60} [A-Z_-]{1,30} \S{1,8000} \S{1,8000} \d{1,5} \S{1,300} [0-9A-Fa-f.:%]{2,60} \S{1,8000} \S{1,8000} \d{3} \d{1,5} \d{1,10} \d{1,10}$/;
const cloudfront =
  /^\d{4}-\d{2}-\d{2}\t\d{2}:\d{2}:\d{2}\t[A-Z]{3}\d{1,3}-?[A-Z0-9]{0,4}\t\d{1,15}\t[0-9A-Fa-f.:]{2,60}\t[A-Z]{1,20}\t/;

function rowOf(cells: readonly string[], columns: readonly string[]): JsonRecord {
  const row: Record<string, unknown> = {};
  for (const [index, name] of columns.entries()) {
    const cell = cells[index];
    if (cell !== undefined && cell !== '-') row[name] = cell;
  }
  return row;
}

const parser: TextParser = defineParser({
  name: 'w3c-line',
  reads: 'text',
  version: 1,
  computed: w3cComputed,
  summary: "IIS' and CloudFront's lines without a header, in their default columns",
  accepts: ({ message }) => iis.test(message) || cloudfront.test(message),
  parse: (line): ParseOutcome => {
    const isCloudfront = line.message.includes('\t');
    const row = isCloudfront
      ? rowOf(line.message.split('\t'), cloudfrontColumns)
      : rowOf(line.message.split(' '), iisColumns);
    return w3cEvent(row, line);
  },
});

export default parser;
