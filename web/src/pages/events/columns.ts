/** Columns of the list: their names for people, their widths, and their values of an event. */
import { madeColumns } from '../../lib/hunt.ts';
import type { HuntEvent } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';

type Known = (event: HuntEvent) => string;

/** Names of the language that every event of the list carries. */
const known: Readonly<Record<string, Known>> = {
  source: (event) => event.source,
  parser: (event) => event.parser,
  unparsed: (event) => event.unparsed,
  product: (event) => event.product,
  service: (event) => event.service,
  category: (event) => event.category,
  channel: (event) => event.channel,
  event_code: (event) => event.eventCode,
  class_uid: (event) => numberText(event.classUid),
  activity_id: (event) => (event.classUid === 0 ? '' : String(event.activityId)),
  host: (event) => event.host,
  user: (event) => event.user,
  src_ip: (event) => event.srcIp,
  dst_ip: (event) => event.dstIp,
  dst_port: (event) => numberText(event.dstPort),
  process: (event) => event.process,
  command_line: (event) => event.commandLine,
  parent_process: (event) => event.parentProcess,
  file: (event) => event.file,
  event_id: (event) => event.eventId,
};

export const knownColumns: readonly string[] = Object.keys(known);

function numberText(value: number): string {
  return value === 0 ? '' : String(value);
}

export function columnText(event: HuntEvent, name: string): string {
  const read = known[name];
  return read === undefined ? (event.fields[name] ?? []).join(', ') : read(event);
}

/** Columns that the service has to be asked for. */
export function askedFields(columns: readonly string[]): string {
  return columns.filter((name) => known[name] === undefined && !isMade(name)).join(',');
}

function isMade(name: string): boolean {
  return madeColumns.some((made) => made === name);
}

const titles: Readonly<Record<string, string>> = {
  host: 'Host',
  user: 'User',
  event: 'Event',
  what: 'What happened',
  source: 'Source',
};

export function columnTitle(name: string): string {
  return titles[name] ?? visibleText(name);
}

const widths: Readonly<Record<string, string>> = {
  what: 'minmax(0, 4fr)',
  command_line: 'minmax(0, 4fr)',
  event: 'minmax(0, 1.6fr)',
  source: 'minmax(0, 0.8fr)',
  dst_port: '72px',
  event_code: '80px',
  class_uid: '80px',
  activity_id: '80px',
};

/** The list's `grid-template-columns`. */
export function template(columns: readonly string[]): string {
  return ['184px', ...columns.map((name) => widths[name] ?? 'minmax(0, 1.2fr)')].join(' ');
}

/** Where there is no room for all: the time, where, and what; the rest stands in the drawer. */
export function narrowed(columns: readonly string[], width: number): readonly string[] {
  if (width >= 900) return columns;
  const most = width >= 640 ? 3 : width >= 420 ? 2 : 1;
  const wanted = ['what', 'host', 'command_line', 'event', 'user'];
  const ranked = columns.toSorted((a, b) => rank(a) - rank(b));
  const kept = new Set(ranked.slice(0, most));
  return columns.filter((name) => kept.has(name));

  /** A column that somebody chose comes before the usual ones. */
  function rank(name: string): number {
    const at = wanted.indexOf(name);
    return titles[name] === undefined ? -1 : at === -1 ? wanted.length : at;
  }
}
