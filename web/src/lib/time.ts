/** Times for reading: short and relative in lists, exact in UTC wherever one asks. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365.25 * day;

/** Age as an analyst says it: `26 s`, `4 m`, `1 h 7 m`, `3 d`, `6 y`. A time to come has a leading `in`. */
export function age(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (Number.isNaN(ms)) return 'unknown';
  return ms < -minute ? `in ${span(-ms)}` : span(Math.max(ms, 0));
}

function span(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / 1000)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} m`;
  if (ms < day) return withRest(Math.floor(ms / hour), 'h', Math.floor((ms % hour) / minute), 'm');
  if (ms < 60 * day) return `${Math.floor(ms / day)} d`;
  if (ms < year) return `${Math.floor(ms / (30.44 * day))} mo`;
  return `${Math.floor(ms / year)} y`;
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;
}

/** `2020-05-02 02:55:56.000 UTC`: nothing rounded, the zone said. */
export function exact(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 23).replace('T', ' ')} UTC`;
}

/** The shortest form that still names the moment: the clock for today, else the date, with a clock this year. */
export function moment(iso: string, now: number): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const text = at.toISOString();
  const today = new Date(now).toISOString();
  if (text.slice(0, 10) === today.slice(0, 10)) return text.slice(11, 16);
  if (text.slice(0, 4) === today.slice(0, 4)) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return text.slice(0, 10);
}

/** From first to last without repeating the day. */
export function between(first: string, last: string): string {
  if (first === last) return exact(first);
  const from = exact(first).replace(/ UTC$/, '');
  const to = exact(last);
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} to ${to.slice(11)}` : `${from} to ${to}`;
}
