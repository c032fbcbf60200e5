/** Reads the ways in which records write an instant. */
import type { Instant } from '../../../base/clock.ts';

export interface Timestamp {
  readonly at: Instant;
  /** Did the value itself say its zone? One without is read as UTC. */
  readonly zoned: boolean;
}

const maxTime = 253_402_300_799_999;
const dayMs = 86_400_000;

/** Number of the `length` digits at `start`; NaN when one of them is none. */
function digits(text: string, start: number, length: number): number {
  let number = 0;
  for (let index = start; index < start + length; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function monthLength(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (monthLengths[month - 1] ?? 0);
}

/** Days since 1970 of a date in the Gregorian calendar; years are counted from March, so that a leap day ends one. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}

function dateMs(text: string): number {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const wellFormed =
    text.charAt(4) === '-' && text.charAt(7) === '-' && day >= 1 && day <= monthLength(year, month);
  return wellFormed ? daysSince1970(year, month, day) * dayMs : Number.NaN;
}

/** Offset from UTC of what follows the time: nothing (null), `Z`, `UTC`, `+hh:mm`, `+hhmm`; NaN for anything else. */
function zoneMs(zone: string): number | null {
  if (zone === '') return null;
  if (zone === 'Z' || zone === 'z' || zone === 'UTC') return 0;
  const sign = zone.startsWith('+') ? 1 : zone.startsWith('-') ? -1 : Number.NaN;
  const colon = zone.charAt(3) === ':' ? 1 : 0;
  if (zone.length !== 5 + colon) return Number.NaN;
  return sign * (digits(zone, 1, 2) * 60 + digits(zone, 3 + colon, 2)) * 60_000;
}

/** Index after the fraction of a second that begins at `start`, and its milliseconds (the rest is cut). */
function fraction(text: string, start: number): { readonly end: number; readonly ms: number } {
  let end = start;
  let ms = 0;
  for (; end < text.length && end < start + 9; end += 1) {
    const digit = text.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    if (end < start + 3) ms = ms * 10 + digit;
  }
  for (let length = end - start; length < 3; length += 1) ms *= 10;
  return { end, ms };
}

function fromText(text: string): Timestamp | null {
  if (text.length < 16 || text.length > 40) return text.startsWith('/Date(') ? fromPowershell(text) : null;
  const separator = text.charAt(10);
  if ((separator !== 'T' && separator !== ' ') || text.charAt(13) !== ':') return fromPowershell(text);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const hasSeconds = text.charAt(16) === ':';
  const second = hasSeconds ? digits(text, 17, 2) : 0;
  const mark = text.charAt(19);
  const hasFraction = hasSeconds && (mark === '.' || mark === ',');
  const { end, ms } = hasFraction ? fraction(text, 20) : { end: hasSeconds ? 19 : 16, ms: 0 };
  const zone = zoneMs(text.charAt(end) === ' ' ? text.slice(end + 1) : text.slice(end));
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return null;
  const at = dateMs(text) + ((hour * 60 + minute) * 60 + second) * 1000 + ms - (zone ?? 0);
  return Number.isNaN(at) ? null : { at, zoned: zone !== null };
}

/** `/Date(1602345678901)/`, as Windows PowerShell's ConvertTo-Json writes a date. */
function fromPowershell(text: string): Timestamp | null {
  const match = /^\/Date\((-?\d{1,14})\)\/$/.exec(text);
  const at = match === null ? Number.NaN : Number(match[1]);
  return Math.abs(at) <= maxTime ? { at, zoned: true } : null;
}

/** Seconds, milliseconds or microseconds since 1970, told apart by their size. */
function fromNumber(value: number): Timestamp | null {
  if (!(value >= 1e8 && value < 1e17)) return null;
  const at = value < 1e11 ? value * 1000 : value < 1e14 ? value : value / 1000;
  return { at: Math.trunc(at), zoned: true };
}

/**
 * Reads ISO 8601 with `T` or a blank, up to nanoseconds (cut to milliseconds, so that an event never moves into
 * the next one), with or without a zone; `/Date(…)/`; or a number since 1970. Null for anything else. Any year
 * is answered as it stands. Written out by hand: it runs once per event, a pattern took a third of the parser.
 */
export function readTimestamp(value: unknown): Timestamp | null {
  if (typeof value === 'string') return fromText(value);
  return typeof value === 'number' ? fromNumber(value) : null;
}
