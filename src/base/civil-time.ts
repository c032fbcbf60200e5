/** Times that lack their year or their zone: completed from the record's context. */
import type { Instant } from './clock.ts';

/** What a record's context says of such times: see RecordContext. */
export interface TimeHints {
  readonly month?: string;
  readonly zone?: string;
}

export interface CivilTime {
  /** Null when not written. */
  readonly year: number | null;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

const dayMs = 86_400_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 1 to 12 for an English name of three letters; 0 for none. */
export function monthOfName(name: string): number {
  return months.indexOf(name) + 1;
}

/** Of the digits after a second: cut, not rounded, so that an event never moves into the next second. */
export function millisecondsOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** The instant, with year and zone of the context where the time has none; null when it is no time at all. */
export function instantOf(time: CivilTime, context: TimeHints): Instant | null {
  const year = time.year ?? yearFor(time, context.month);
  if (year === null) return null;
  const utc = Date.UTC(year, time.month - 1, time.day, time.hour, time.minute, time.second, time.ms);
  const sound =
    new Date(Date.UTC(year, time.month - 1, time.day)).getUTCDate() === time.day &&
    time.hour <= 23 &&
    time.minute <= 59 &&
    time.second <= 60;
  if (!sound) return null;
  return context.zone === undefined ? utc : utc - offsetAt(utc, context.zone);
}

/** The latest year in which the time is not later than one day after the month; null without a month. */
function yearFor(time: CivilTime, month: string | undefined): number | null {
  const match = month === undefined ? null : /^(\d{4})-(\d{2})$/.exec(month);
  if (match === null) return null;
  const [year, last] = [Number(match[1]), Number(match[2])];
  const limit = Date.UTC(year, last, 1) + dayMs;
  for (let candidate = year + 1; candidate >= year - 8; candidate -= 1) {
    const at = Date.UTC(candidate, time.month - 1, time.day, time.hour, time.minute, time.second);
    // The 29th of February is only in leap years.
    if (at < limit && new Date(at).getUTCMonth() === time.month - 1) return candidate;
  }
  return null;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | null = null;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch (thrown) {
    // Configuration and commands refuse unknown zones; one in an old context is read as UTC.
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  formats.set(zone, format);
  return format;
}

/** Whether a zone of that name is known here. */
export function isZone(zone: string): boolean {
  return formatOf(zone) !== null;
}

/** Offset of the zone from UTC at a local time that is given as if it were UTC, ms. */
function offsetAt(local: number, zone: string): number {
  const first = offset(local, zone);
  // Near a change of the clock the first answer may be that of the other side.
  return offset(local - first, zone);
}

function offset(at: Instant, zone: string): number {
  const format = formatOf(zone);
  if (format === null || Number.isNaN(at)) return 0;
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
  if (match === null) return 0;
  const ms = (Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)) * 1000;
  return match[1] === '-' ? -ms : ms;
}
