/** CrowdStrike Falcon: detections as findings, its audit stream, and its sensors' events (FDR). */
import type { Logsource, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type CrowdstrikeAlert, readAlert } from './lib/crowdstrike-alert.ts';
import { at, int, isObject, known, text } from './lib/fields.ts';
import { findingView, instant } from './lib/finding-view.ts';
import { eventOf, type OcsfBase, ocsfView, status } from './lib/ocsf-view.ts';

const product = { name: 'Falcon', vendor_name: 'CrowdStrike' };

/** The name of a sensor's event; old exports write it in lower case, some tools put the record into `event`. */
function sensorEvent(json: JsonRecord): string | undefined {
  return (
    text(json, 'event_simpleName') ??
    text(json, 'event_simplename') ??
    text(json, 'fdr_event_type') ??
    text(json, 'event', 'event_simpleName') ??
    text(json, 'unknown_payload', 'ExternalApiType')
  );
}

function isStream(json: JsonRecord): boolean {
  return (
    typeof at(json, 'metadata', 'eventType') === 'string' && at(json, 'metadata', 'offset') !== undefined
  );
}

/** Seconds, milliseconds, or the text of either; ISO 8601. */
function timeOf(json: JsonRecord): number | null {
  const values = [
    at(json, 'metadata', 'eventCreationTime'),
    at(json, 'ContextTimeStamp'),
    at(json, 'event', 'ContextTimeStamp'),
    at(json, 'timestamp'),
    at(json, 'event', 'timestamp'),
    at(json, 'unknown_payload', 'timestamp'),
    at(json, 'updated_timestamp'),
    at(json, 'created_timestamp'),
  ];
  for (const value of values) {
    const number = typeof value === 'string' && /^\d{10,13}(?:\.\d+)?$/.test(value) ? Number(value) : value;
    const found = instant(number);
    if (found !== null) return found;
  }
  return null;
}

function alertEvent(json: JsonRecord, alert: CrowdstrikeAlert, time: number | null): ParsedEvent {
  const logsource = { product: 'crowdstrike', service: 'detections' };
  const { finding, device, user, process } = alert;
  return eventOf({ time, native: json, logsource, finding }, () =>
    findingView(finding, {
      time,
      product,
      types: alert.types,
      evidences: [{ process, user }],
      rest: { device, disposition: alert.disposition },
    }),
  );
}

function baseOf(json: JsonRecord, time: number | null, name: string): OcsfBase {
  const uid = text(json, 'id') ?? text(json, 'metadata', 'offset');
  return { time, metadata: { product, log_name: name, uid } };
}

function streamView(json: JsonRecord, time: number | null, type: string): OcsfEvent {
  const event = at(json, 'event');
  const base = baseOf(json, time, type);
  const name = text(event, 'UserId') ?? text(event, 'UserName');
  const ip = text(event, 'UserIp');
  const operation = text(event, 'OperationName') ?? text(event, 'ExternalApiType') ?? type;
  const success = at(event, 'Success');
  return ocsfView('api_activity', 99, base, {
    ...(typeof success === 'boolean' ? (success ? status.success : status.failure) : {}),
    actor: name === undefined ? {} : { user: { name } },
    api: { operation, service: { name: text(event, 'ServiceName') ?? 'Falcon' } },
    src_endpoint: ip === undefined ? {} : { ip },
  });
}

function deviceOf(json: JsonRecord): OcsfObjects['device'] | undefined {
  const hostname = text(json, 'ComputerName') ?? text(json, 'aid') ?? text(json, 'event', 'ComputerName');
  if (hostname === undefined) return undefined;
  return { hostname, uid: text(json, 'aid'), ip: text(json, 'aip'), type_id: 0 };
}

function sensorView(json: JsonRecord, payload: JsonRecord, time: number | null, name: string): OcsfEvent {
  const base = baseOf(json, time, name);
  const device = deviceOf(json);
  const hostname = text(payload, 'DomainName');
  if (name === 'DnsRequest' && hostname !== undefined)
    return ocsfView('dns_activity', 1, base, {
      device,
      query: { hostname, type: text(payload, 'RequestType') },
      dst_endpoint: {},
    });
  const path = text(payload, 'ImageFileName');
  if (!/^(?:Synthetic)?ProcessRollup2$/.test(name) || path === undefined)
    return ocsfView('base_event', 99, base, { device, message: `CrowdStrike ${name}` });
  const user = text(payload, 'UserName');
  return ocsfView('process_activity', 1, base, {
    device,
    actor: {
      process: known({ name: text(payload, 'ParentBaseFileName'), uid: text(payload, 'ParentProcessId') }),
    },
    process: {
      name: path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1),
      file: {
        name: path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1),
        path,
        type_id: 1,
      },
      cmd_line: text(payload, 'CommandLine'),
      pid: int(payload, 'RawProcessId'),
      uid: text(payload, 'TargetProcessId'),
      user: user === undefined ? undefined : { name: user },
    },
  });
}

const platforms: Readonly<Record<string, string>> = { Win: 'windows', Mac: 'macos', Lin: 'linux' };

function sensor(json: JsonRecord, time: number | null, name: string): ParsedEvent {
  const inner = at(json, 'event') ?? at(json, 'unknown_payload');
  const payload = isObject(inner) ? { ...inner, ...json } : json;
  const platform = platforms[text(json, 'event_platform') ?? ''];
  const isProcess = /^(?:Synthetic)?ProcessRollup2$/.test(name);
  // Sigma's rules for new processes ask for Image.
  const image = isProcess ? text(payload, 'ImageFileName') : undefined;
  const native = image === undefined ? payload : { ...payload, Image: image };
  const logsource: Logsource = {
    product: isProcess ? (platform ?? 'crowdstrike') : 'crowdstrike',
    service: 'fdr',
    ...(isProcess && platform !== undefined ? { category: 'process_creation' } : {}),
  };
  return eventOf({ time, native, logsource }, () => sensorView(json, payload, time, name));
}

const parser: JsonParser = defineParser({
  name: 'crowdstrike',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'CrowdStrike Falcon: detections, audit stream, sensor events (FDR)',
  accepts: (json) =>
    readAlert(json) !== null ||
    isStream(json) ||
    (sensorEvent(json) !== undefined && (Object.hasOwn(json, 'cid') || Object.hasOwn(json, 'aid'))),
  parse(json) {
    const time = timeOf(json);
    const alert = readAlert(json);
    if (alert !== null) return alertEvent(json, alert, time);
    const name = sensorEvent(json);
    if (name !== undefined && !isStream(json)) return sensor(json, time, name);
    const type = text(json, 'metadata', 'eventType') ?? 'event';
    const logsource = { product: 'crowdstrike', service: 'audit' };
    return eventOf({ time, native: json, logsource }, () => streamView(json, time, type));
  },
});

export default parser;
