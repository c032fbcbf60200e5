/** Microsoft Entra ID: sign-ins, directory audit, risk detections; from Azure Monitor, Graph and Log Analytics. */
import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type EntraRecord, entraKind, entraNative, entraRecord } from './lib/entra-record.ts';
import { entraView } from './lib/entra-views.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

/** When it happened, not when it was delivered: the facts' own time goes before the envelope's. */
function timeOf({ json, facts }: EntraRecord): number | null {
  for (const value of [
    facts['createdDateTime'],
    facts['activityDateTime'],
    facts['detectedDateTime'],
    json['time'],
    json['TimeGenerated'],
  ]) {
    const read = readTimestamp(value);
    if (read !== null) return read.at;
  }
  return null;
}

const parser: JsonParser = defineParser({
  name: 'entra',
  reads: 'json',
  version: 2,
  moreServices: ['pim'],
  computed: {
    Status: ['Success', 'Failure'],
    'properties.message': ['Device Code', 'ROPC'],
    NetworkLocationDetails: 'any',
    TargetResources: 'any',
    'TargetResources.modifiedProperties': 'any',
    'properties.initiatedBy': 'any',
    'properties.targetResources': 'any',
  },
  summary: 'Microsoft Entra ID: sign-ins, directory audit, risk detections',
  accepts: (json) => entraKind(json) !== null,
  parse: (json): ParsedEvent => {
    const record = entraRecord(json, entraKind(json) ?? 'auditlogs');
    const native = entraNative(record);
    const time = timeOf(record);
    const logsource = {
      product: 'azure',
      service: record.kind,
      ...(record.kind === 'riskdetection' ? { moreServices: ['pim'] } : {}),
    };
    return eventOf({ time, native, logsource }, () => entraView(record, time));
  },
});

export default parser;
