/** What the name of a field means: a column of the event store, else the vendor's own field or an OCSF attribute. */

import { lowerAscii } from './raw-text.ts';

/** `number` columns are 0, the others '' where an event has no such value. */
export interface QueryColumn {
  readonly kind: 'text' | 'number';
  readonly summary: string;
}

/** Names that are columns. Lower case only: with a capital a name is the vendor's own field. */
export const queryColumns = {
  source: { kind: 'text', summary: 'the source that sent it' },
  parser: { kind: 'text', summary: 'the parser that read it' },
  unparsed: { kind: 'text', summary: 'why it could not be read' },
  product: { kind: 'text', summary: "Sigma's product" },
  service: { kind: 'text', summary: "Sigma's service" },
  category: { kind: 'text', summary: "Sigma's category" },
  channel: { kind: 'text', summary: 'Windows channel' },
  event_code: { kind: 'text', summary: "the vendor's event id" },
  class_uid: { kind: 'number', summary: 'OCSF class' },
  activity_id: { kind: 'number', summary: 'OCSF activity in the class' },
  host: { kind: 'text', summary: 'the device it happened on' },
  user: { kind: 'text', summary: 'whom it is about, DOMAIN\\name' },
  src_ip: { kind: 'text', summary: 'source address' },
  dst_ip: { kind: 'text', summary: 'destination address' },
  dst_port: { kind: 'number', summary: 'destination port' },
  process: { kind: 'text', summary: 'path of the process' },
  command_line: { kind: 'text', summary: 'its command line' },
  parent_process: { kind: 'text', summary: 'path of its parent' },
  file: { kind: 'text', summary: 'path of the file' },
  event_id: { kind: 'text', summary: "the event's id here" },
} as const satisfies Readonly<Record<string, QueryColumn>>;

export type ColumnName = keyof typeof queryColumns;

/** OCSF attributes, and Windows' own names in any case, that are a column as they stand. */
const columnPaths: ReadonlyMap<string, ColumnName> = new Map([
  ['eventid', 'event_code'],
  ['channel', 'channel'],
  ['device.hostname', 'host'],
  ['src_endpoint.ip', 'src_ip'],
  ['dst_endpoint.ip', 'dst_ip'],
  ['dst_endpoint.port', 'dst_port'],
  ['file.path', 'file'],
]);

export type FieldTarget =
  | { readonly kind: 'column'; readonly column: ColumnName }
  /** The views to look in, with the path in each. */
  | { readonly kind: 'views'; readonly native: string | null; readonly ocsf: string | null };

/**
 * `native.NAME` and `ocsf.PATH` name the view. OCSF attributes are lower case, so a name with a
 * capital is the vendor's own.
 */
export function targetOf(name: string): FieldTarget {
  if (Object.hasOwn(queryColumns, name)) return { kind: 'column', column: name as ColumnName };
  const column = columnPaths.get(lowerAscii(name));
  if (column !== undefined) return { kind: 'column', column };
  if (name.startsWith('native.')) return { kind: 'views', native: name.slice('native.'.length), ocsf: null };
  if (name.startsWith('ocsf.')) return { kind: 'views', native: null, ocsf: name.slice('ocsf.'.length) };
  return { kind: 'views', native: name, ocsf: /[A-Z]/.test(name) ? null : name };
}
