/** The time modifiers: minute, hour, day, week, month and year of a date, as the event writes it. */

export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

const isoDate =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?:[Zz]|[+-]\d{2}:?\d{2})?)?\s*$/;

/**
 * The part of an ISO 8601 date (`2026-11-24T07:15:55Z`, `2026-11-24 07:15:55.123`, `2026-11-24`), or
 * null for any other text. No conversion of zones or formats, as the specification says: the numbers
 * are those that stand there. `week` is the ISO 8601 week.
 */
export function datePart(text: string, part: DatePart): number | null {
  const found = isoDate.exec(text);
  if (found === null) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const hour = found[4] === undefined ? null : Number(found[4]);
  const minute = found[5] === undefined ? null : Number(found[5]);
  if ((hour !== null && hour > 23) || (minute !== null && minute > 59)) return null;
  switch (part) {
    case 'minute':
      return minute;
    case 'hour':
      return hour;
    case 'day':
      return day;
    case 'week':
      return isoWeek(date);
    case 'month':
      return month;
    case 'year':
      break;
  }
  return year;
}

/** ISO 8601: the week that holds the year's first Thursday is week 1. */
function isoWeek(date: Date): number {
  const dayMs = 86_400_000;
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = date.getTime() + (3 - weekday) * dayMs;
  const firstOfYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - firstOfYear) / (7 * dayMs)) + 1;
}
