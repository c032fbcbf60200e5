/** Times as web servers write them in their own lines. */
import { instantOf, millisecondsOf, monthOfName, type TimeHints } from '../../../base/civil-time.ts';
import type { Instant } from '../../../base/clock.ts';

const clf =
  /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?: ([+-])(\d{2})(\d{2}))?$/;

/** `02/Mar/2026:10:11:12 +0100`, as access logs have it, also without a zone; null for anything else. */
export function readClfTime(text: string, hints: TimeHints): Instant | null {
  const match = clf.exec(text);
  if (match === null) return null;
  const [, day, month = '', year, hour, minute, second, fraction, sign, zoneHour, zoneMinute] = match;
  const time = {
    year: Number(year),
    month: monthOfName(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: millisecondsOf(fraction),
  };
  if (time.month === 0) return null;
  if (sign === undefined) return instantOf(time, hints);
  const at = instantOf(time, {});
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return at === null ? null : at - (sign === '-' ? -offset : offset);
}

const apache =
  /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\d{4})$/;

/** `Mon Mar 02 10:11:12.123456 2026`, as Apache's error log has it: its zone is the host's. */
export function readApacheTime(text: string, hints: TimeHints): Instant | null {
  const match = apache.exec(text);
  const month = monthOfName(match?.[1] ?? '');
  if (match === null || month === 0) return null;
  const [, , day, hour, minute, second, fraction, year] = match;
  return instantOf(
    {
      year: Number(year),
      month,
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      ms: millisecondsOf(fraction),
    },
    hints,
  );
}

const slashed = /^(\d{4})[/-](\d{2})[/-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?$/;

/** `2026/03/02 10:11:12` and `2026-03-02 10:11:12`: the zone is the host's. */
export function readLocalTime(text: string, hints: TimeHints): Instant | null {
  const match = slashed.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = match.map((part) => part ?? '');
  return instantOf(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      ms: millisecondsOf(fraction === '' ? undefined : fraction),
    },
    hints,
  );
}
