/** What events that came as lines of text share: the envelope in native words and in OCSF's. */
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import type { TextLine } from '../../../model/record.ts';
import { facilityNames, severityNames } from '../../../model/syslog.ts';
import { type OcsfBase, severity } from './ocsf-view.ts';

const ocsfSeverities = [
  severity.fatal,
  severity.critical,
  severity.critical,
  severity.high,
  severity.medium,
  severity.low,
  severity.informational,
  severity.informational,
];

/** What of the envelope's fields is computed (`Parser.computed`); a host may be the sender's address. */
export const envelopeComputed = { facility: facilityNames, severity: severityNames, hostname: [] } as const;
/** Structured data has a bracket behind a backslash (RFC 5424, section 6.3.3). */
export const envelopeEscapes = ['\\]'] as const;

/** The envelope by the names that syslog daemons use, and `message`; what the line does not say is left out. */
export function envelopeFields(line: TextLine): Record<string, unknown> {
  const fields: Record<string, unknown> = { message: line.message };
  if (line.timeText !== '') fields['timestamp'] = line.timeText;
  if (line.host !== '') fields['hostname'] = line.host;
  if (line.app !== '') fields['program'] = line.app;
  if (line.pid !== '') fields['pid'] = line.pid;
  if (line.msgid !== '') fields['msgid'] = line.msgid;
  if (line.facility !== null) fields['facility'] = facilityNames[line.facility] ?? String(line.facility);
  if (line.severity !== null) fields['severity'] = severityNames[line.severity] ?? String(line.severity);
  if (Object.keys(line.structured).length > 0) fields['structured'] = line.structured;
  return fields;
}

/** Severity is the envelope's, or the one given: many daemons log a failed sign-in as `info`. */
export function syslogBase(line: TextLine, product: OcsfObjects['product'], severityId?: number): OcsfBase {
  return {
    time: line.time,
    severity_id: severityId ?? (line.severity === null ? undefined : ocsfSeverities[line.severity]),
    metadata: {
      product,
      original_time: line.timeText === '' ? undefined : line.timeText,
      log_name: line.app === '' ? undefined : line.app,
    },
  };
}

/** The host that wrote the line; undefined when the line names none. */
export function deviceOf(
  line: TextLine,
  osType: 'linux' | 'unknown' = 'unknown',
): OcsfObjects['device'] | undefined {
  if (line.host === '') return undefined;
  const os = osType === 'linux' ? { name: 'Linux', type_id: 200 } : undefined;
  return { hostname: line.host, type_id: 0, os };
}

/** Named groups of a match into native fields; those that did not take part are left out. */
export function groupsInto(fields: Record<string, unknown>, match: RegExpExecArray): NativeFields {
  for (const [name, value] of Object.entries(match.groups ?? {})) {
    if (value !== undefined && value !== '') fields[name] = value;
  }
  return fields;
}
