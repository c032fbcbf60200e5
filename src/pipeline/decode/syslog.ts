/** A line of text to its syslog envelope and its message: RFC 5424, and RFC 3164 as it is written in the field. */
import { instantOf, millisecondsOf, monthOfName } from '../../base/civil-time.ts';
import type { Instant } from '../../base/clock.ts';
import type { RecordContext } from '../../model/batch.ts';
import type { TextLine } from '../../model/record.ts';
import { readStructured } from './structured-data.ts';

const priority = /^<(\d{1,3})>/;
const rfc5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) /;
const bsdTime =
  /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2})(?: (\d{4}))? (\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?=[ :]|$)/;
const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?(?= |$)/;
/** With a blank, which many programs write in their own files: an envelope only before a host and `program[pid]`. */
const plainTime =
  /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?()(?= [^\s:[\]]+ [^\s:[\]]{1,64}\[\d{1,10}\]:? )/;
/** RFC 3164's tag, with or without a process id, up to its colon; programs with a path or blanks-free oddities too. */
const tag = /^([^\s:[\]]{1,64}|[^\s:[\](]{0,64}\([^\s)]{0,64}\))(?:\[([^\]\s]{1,32})\])?: ?/;
/** A tag that has a process id and no colon: `proftpd[4711] message`. */
const tagWithPid = /^([^\s:[\]]{1,64})\[(\d{1,10})\]:? /;
const host = /^\S+ /;
/** Kubernetes' container log (CRI): after the time the stream, and whether the line is whole (F) or a part (P). */
const containerStream = /^std(?:out|err) [FP] /;

export type Hints = Pick<RecordContext, 'month' | 'zone' | 'peer'>;

/**
 * Reads the envelope. Whatever is no envelope is message, but for line ends after it, which senders that count octets
 * write as well (RFC 6587 section 3.4.1); it never fails.
 */
export function readLine(line: string, context: Hints): TextLine {
  return { ...readTrimmed(trimLineEnds(line), context), line };
}

function trimLineEnds(line: string): string {
  let end = line.length;
  while (end > 0 && lineEnds.has(line.charCodeAt(end - 1))) end -= 1;
  return end === line.length ? line : line.slice(0, end);
}

const lineEnds: ReadonlySet<number> = new Set([0x00, 0x0a, 0x0d]);

function readTrimmed(line: string, context: Hints): TextLine {
  const pri = priority.exec(line);
  const value = pri === null ? Number.NaN : Number(pri[1]);
  const marked = pri !== null && value <= 191;
  const rest = marked ? line.slice(pri[0].length) : line;
  const facility = marked ? value >> 3 : null;
  const severity = marked ? value & 7 : null;
  const modern = rfc5424.exec(rest);
  if (modern !== null) {
    const read = readModern(line, rest, modern, context);
    if (read !== null) return { ...read, facility, severity };
  }
  return { ...readBsd(line, rest, marked, context), facility, severity };
}

type Unprioritised = Omit<TextLine, 'facility' | 'severity'>;

function readModern(
  line: string,
  rest: string,
  header: RegExpExecArray,
  context: Hints,
): Unprioritised | null {
  const [whole, timeText = '', hostName = '', app = '', pid = '', msgid = ''] = header;
  const time = timeText === '-' ? null : readIso(timeText, context);
  if (timeText !== '-' && time === null) return null;
  const { structured, end } = readStructured(rest, whole.length);
  return {
    line,
    // rsyslog's messages begin with the blank after the tag, in this format as well.
    message: rest.slice(end).replace(/^(?: \uFEFF|\uFEFF ?| )/, ''),
    envelope: 'rfc5424',
    time,
    timeText: present(timeText),
    host: present(hostName) || (context.peer ?? ''),
    app: present(app),
    program: programOf(present(app)),
    pid: present(pid),
    msgid: present(msgid),
    structured,
  };
}

/** RFC 5424's nil value. */
function present(text: string): string {
  return text === '-' ? '' : text;
}

const nothing = {
  timeText: '',
  time: null,
  app: '',
  program: '',
  pid: '',
  msgid: '',
  structured: {},
} as const;

function readBsd(line: string, rest: string, marked: boolean, context: Hints): Unprioritised {
  // Some senders put a blank, a sequence number or a colon between priority and time.
  const start = marked ? (/^(?:\d{1,10}: )?[ *.]*/.exec(rest)?.[0].length ?? 0) : 0;
  const body = rest.slice(start);
  const stamp = readStamp(body, context);
  if (stamp === null) {
    if (!marked) return { ...nothing, line, message: line, envelope: 'none', host: context.peer ?? '' };
    return {
      ...nothing,
      line,
      envelope: 'rfc3164',
      host: context.peer ?? '',
      ...readTag(body.startsWith(' ') ? body.slice(1) : body),
    };
  }
  const after = body.slice(stamp.length).replace(/^:? +/, '');
  const container = marked ? null : containerStream.exec(after);
  if (container !== null) {
    const message = after.slice(container[0].length);
    const times = { time: stamp.at, timeText: stamp.text };
    return { ...nothing, ...times, line, message, envelope: 'carrier', host: context.peer ?? '' };
  }
  const hostName = isTag(after) ? null : host.exec(after);
  return {
    ...nothing,
    line,
    envelope: 'rfc3164',
    time: stamp.at,
    timeText: stamp.text,
    host: hostName === null ? (context.peer ?? '') : hostName[0].trimEnd(),
    ...readTag(hostName === null ? after : after.slice(hostName[0].length)),
  };
}

function isTag(text: string): boolean {
  return tag.test(text) || tagWithPid.test(text);
}

function readTag(text: string): Pick<TextLine, 'app' | 'program' | 'pid' | 'message'> {
  const found = tag.exec(text) ?? tagWithPid.exec(text);
  if (found === null) return { app: '', program: '', pid: '', message: text };
  const app = found[1] ?? '';
  return { app, program: programOf(app), pid: found[2] ?? '', message: text.slice(found[0].length) };
}

/** A tag with a process id, which no other text begins with; null when there is none. */
export function certainTag(text: string): ReturnType<typeof readTag> | null {
  const read = readTag(text);
  return read.pid === '' ? null : read;
}

/** `/usr/sbin/cron` → `cron`, `su(pam_unix)` → `su`. */
export function programOf(app: string): string {
  const name = app.slice(app.lastIndexOf('/') + 1);
  const bracket = name.indexOf('(');
  return (bracket > 0 ? name.slice(0, bracket) : name).toLowerCase();
}

interface Stamp {
  readonly at: Instant | null;
  readonly text: string;
  readonly length: number;
}

function readStamp(text: string, context: Hints): Stamp | null {
  const bsd = bsdTime.exec(text);
  if (bsd !== null) {
    const [whole, month = '', day, year, hour, minute, second, fraction] = bsd;
    const time = {
      year: year === undefined ? null : Number(year),
      month: monthOfName(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      ms: millisecondsOf(fraction),
    };
    return { at: instantOf(time, context), text: whole, length: whole.length };
  }
  const iso = isoTime.exec(text) ?? plainTime.exec(text);
  return iso === null ? null : { at: isoInstant(iso, context), text: iso[0], length: iso[0].length };
}

function readIso(text: string, context: Hints): Instant | null {
  const match = isoTime.exec(text);
  return match === null ? null : isoInstant(match, context);
}

function isoInstant(match: RegExpExecArray, context: Hints): Instant | null {
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const time = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: millisecondsOf(fraction),
  };
  if (zone === undefined || zone === '') return instantOf(time, context);
  const at = instantOf(time, {});
  return at === null ? null : at - zoneMs(zone);
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
