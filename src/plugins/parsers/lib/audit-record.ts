/** One record of the Linux audit system: its key=value pairs, values decoded ([linux-audit], field dictionary). */
import type { Instant } from '../../../base/clock.ts';

export interface AuditRecord {
  readonly type: string;
  /** `1700000000.123:4711`: the event's time and serial number, the same in all of its records. */
  readonly id: string;
  readonly time: Instant;
  /** From `node=`; empty when the record names none. */
  readonly node: string;
  readonly fields: Readonly<Record<string, string>>;
}

export const auditHead =
  /^(?:node=(\S+) )?(?:audit: )?type=([A-Z0-9_]{1,40})(?:\[\d+\])? (?:msg=)?audit\((\d{1,12})\.(\d{3}):(\d{1,20})\) ?: ?/;
/** Stands before the names that auditd adds in capitals. */
const enrichment = '\x1d';
/** An unquoted value may run into such a name, where that character was lost. Lengths are bounded: a long word is no name. */
const pair = /([A-Za-z_][\w-]{0,63})=(?:"([^"]*)"|'([^']*)'|([^\s"'=]*?)(?=[A-Z][A-Z_]{1,30}=|\s|$))/g;
/** Written as hexadecimal digits when they hold blanks, quotes or control characters. */
const encoded =
  /^(?:a\d+|acct|cmd|comm|cwd|data|dir|exe|file|name|new-\w+|old-\w+|path|proctitle|sw|vm|watch)$/;

export function readAuditRecord(message: string): AuditRecord | null {
  const head = auditHead.exec(message);
  if (head === null) return null;
  const [whole, node = '', type = '', seconds = '', ms = '', serial = ''] = head;
  const fields: Record<string, string> = {};
  pairsInto(fields, message.slice(whole.length).replaceAll(enrichment, ' '), type);
  return { type, id: `${seconds}.${ms}:${serial}`, time: Number(seconds) * 1000 + Number(ms), node, fields };
}

function pairsInto(fields: Record<string, string>, text: string, type: string): void {
  for (const [, name = '', double, single, bare] of text.matchAll(pair)) {
    if (name === '__proto__') continue;
    // The message of a user-space program has pairs of its own.
    if (name === 'msg' && single !== undefined) pairsInto(fields, single, type);
    else fields[name] = bare === undefined ? (double ?? single ?? '') : decode(name, bare, type);
  }
}

/** In a SYSCALL record a0 to a3 are numbers, everywhere else arguments. */
function decode(name: string, value: string, type: string): string {
  if (value === '(null)' || value === '?') return '';
  const isNumber = type === 'SYSCALL' && /^a\d$/.test(name);
  if (isNumber || !encoded.test(name) || !/^(?:[0-9A-F]{2})+$/.test(value)) return value;
  return Buffer.from(value, 'hex').toString('utf8').replaceAll('\0', ' ').trimEnd();
}
