/** CrowdStrike's alerts in the three forms it gives them: event stream, alerts API, old detections API. */
import type { Finding } from '../../../model/finding.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { type Severity, severities } from '../../../model/severity.ts';
import { at, int, known, list, text } from './fields.ts';
import { attackTags, httpsLink } from './finding-view.ts';

export interface CrowdstrikeAlert {
  readonly finding: Finding;
  readonly types: readonly string[];
  readonly device: OcsfObjects['device'] | undefined;
  readonly user: OcsfObjects['user'] | undefined;
  readonly process: OcsfObjects['process'] | undefined;
  readonly disposition: string | undefined;
}

const product = 'CrowdStrike Falcon';
const named: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  informational: 'informational',
};

/** By name where there is one; else by number: 1 to 5 in the stream, up to 100 in the APIs, in steps of 20. */
function severityOf(name: string | undefined, number: number | undefined): Severity {
  const byName = named[(name ?? '').toLowerCase()];
  if (byName !== undefined || number === undefined) return byName ?? 'medium';
  const step = number <= 5 ? number - 1 : Math.floor(number / 20);
  return severities[Math.min(Math.max(step, 0), 4)] ?? 'medium';
}

function statusOf(status: string | undefined): Finding['status'] {
  if (status === 'closed' || status === 'true_positive') return 'resolved';
  if (status === 'ignored' || status === 'false_positive') return 'suppressed';
  return 'open';
}

/** The alert of a record; null when the record is none. */
export function readAlert(json: JsonRecord): CrowdstrikeAlert | null {
  const type = text(json, 'metadata', 'eventType');
  if (type === 'DetectionSummaryEvent' || type === 'EppDetectionSummaryEvent')
    return ofStream(at(json, 'event'));
  if (text(json, 'composite_id') !== undefined) return ofAlertsApi(json);
  return text(json, 'detection_id') !== undefined && Array.isArray(at(json, 'behaviors'))
    ? ofDetectionsApi(json)
    : null;
}

function processOf(
  record: unknown,
  names: { readonly name: string; readonly path: string; readonly line: string },
): OcsfObjects['process'] | undefined {
  const name = text(record, names.name);
  const path = text(record, names.path);
  return known({
    name,
    cmd_line: text(record, names.line),
    file: path === undefined ? undefined : { name: name ?? path, path, type_id: 1 },
  });
}

function deviceOf(hostname: string | undefined, uid: string | undefined) {
  return hostname === undefined ? undefined : { hostname, uid, type_id: 0 };
}

function userOf(name: string | undefined) {
  return name === undefined ? undefined : { name };
}

function some(values: readonly (string | undefined)[]): readonly string[] {
  return values.filter((value) => value !== undefined);
}

function ofStream(event: unknown): CrowdstrikeAlert | null {
  const uid = text(event, 'CompositeId') ?? text(event, 'DetectId');
  const title = text(event, 'Name') ?? text(event, 'DetectName');
  if (uid === undefined || title === undefined) return null;
  const number = int(event, 'Severity');
  return {
    finding: {
      uid,
      product,
      title,
      description: text(event, 'Description') ?? text(event, 'DetectDescription') ?? '',
      severity: severityOf(text(event, 'SeverityName'), number),
      status: 'open',
      link: httpsLink(text(event, 'FalconHostLink')),
      tags: attackTags(some([text(event, 'MitreAttack', 'TechniqueID')])),
    },
    types: some([text(event, 'Tactic'), text(event, 'Technique')]),
    device: deviceOf(
      text(event, 'Hostname') ?? text(event, 'ComputerName'),
      text(event, 'AgentId') ?? text(event, 'SensorId'),
    ),
    user: userOf(text(event, 'UserName')),
    process: processOf(event, { name: 'FileName', path: 'FilePath', line: 'CommandLine' }),
    disposition: text(event, 'PatternDispositionDescription'),
  };
}

function ofAlertsApi(json: JsonRecord): CrowdstrikeAlert | null {
  const uid = text(json, 'composite_id');
  const title = text(json, 'display_name') ?? text(json, 'name');
  if (uid === undefined || title === undefined) return null;
  return {
    finding: {
      uid,
      product,
      title,
      description: text(json, 'description') ?? '',
      severity: severityOf(text(json, 'severity_name'), int(json, 'severity')),
      status: statusOf(text(json, 'status')),
      link: httpsLink(text(json, 'falcon_host_link')),
      tags: attackTags(some([text(json, 'technique_id'), text(json, 'tactic_id')])),
    },
    types: some([text(json, 'tactic'), text(json, 'technique')]),
    device: deviceOf(
      text(json, 'device', 'hostname') ?? text(json, 'source_hosts'),
      text(json, 'device', 'device_id'),
    ),
    user: userOf(text(json, 'user_name')),
    process: processOf(json, { name: 'filename', path: 'filepath', line: 'cmdline' }),
    disposition: text(json, 'pattern_disposition_description'),
  };
}

function ofDetectionsApi(json: JsonRecord): CrowdstrikeAlert | null {
  const uid = text(json, 'detection_id');
  const behavior = list(json, 'behaviors')[0];
  if (uid === undefined) return null;
  return {
    finding: {
      uid,
      product,
      title: text(behavior, 'display_name') ?? text(behavior, 'scenario') ?? 'CrowdStrike detection',
      description: text(behavior, 'description') ?? '',
      severity: severityOf(text(json, 'max_severity_displayname'), int(json, 'max_severity')),
      status: statusOf(text(json, 'status')),
      link: null,
      tags: attackTags(
        list(json, 'behaviors').flatMap((one) => some([text(one, 'technique_id'), text(one, 'tactic_id')])),
      ),
    },
    types: some([text(behavior, 'tactic'), text(behavior, 'technique')]),
    device: deviceOf(text(json, 'device', 'hostname'), text(json, 'device', 'device_id')),
    user: userOf(text(behavior, 'user_name')),
    process: processOf(behavior, { name: 'filename', path: 'filepath', line: 'cmdline' }),
    disposition: undefined,
  };
}
