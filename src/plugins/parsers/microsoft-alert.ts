/** Microsoft Defender XDR and its kin: alerts as the Graph security API gives them (alerts_v2). */
import type { ParsedEvent } from '../../model/event.ts';
import type { Finding } from '../../model/finding.ts';
import type { OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import type { Severity } from '../../model/severity.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { at, int, known, list, text, texts } from './lib/fields.ts';
import { attackTags, findingView, httpsLink, instant } from './lib/finding-view.ts';
import { eventOf } from './lib/ocsf-view.ts';

const severities: Readonly<Record<string, Severity>> = {
  informational: 'informational',
  low: 'low',
  medium: 'medium',
  high: 'high',
};
/** Graph's `serviceSource` → the product's name, where the alert does not bring it. */
const products: Readonly<Record<string, string>> = {
  microsoftDefenderForEndpoint: 'Microsoft Defender for Endpoint',
  microsoftDefenderForIdentity: 'Microsoft Defender for Identity',
  microsoftDefenderForOffice365: 'Microsoft Defender for Office 365',
  microsoftDefenderForCloudApps: 'Microsoft Defender for Cloud Apps',
  microsoftDefenderForCloud: 'Microsoft Defender for Cloud',
  azureAdIdentityProtection: 'Microsoft Entra ID Protection',
  dataLossPrevention: 'Microsoft Purview Data Loss Prevention',
  microsoftSentinel: 'Microsoft Sentinel',
  microsoft365Defender: 'Microsoft Defender XDR',
};

function statusOf(alert: JsonRecord): Finding['status'] {
  const status = text(alert, 'status');
  if (status === 'resolved') return 'resolved';
  return status === 'new' || status === 'inProgress' ? 'open' : 'unknown';
}

function findingOf(alert: JsonRecord, uid: string): Finding {
  const source = text(alert, 'serviceSource') ?? '';
  const title = text(alert, 'title') ?? '';
  return {
    uid,
    product: text(alert, 'productName') ?? products[source] ?? 'Microsoft Defender XDR',
    title,
    description: text(alert, 'description') ?? '',
    severity: severities[text(alert, 'severity') ?? ''] ?? 'medium',
    status: statusOf(alert),
    link: httpsLink(text(alert, 'alertWebUrl')),
    tags: attackTags(texts(alert, 'mitreTechniques')),
  };
}

/** `#microsoft.graph.security.processEvidence` → `process`. */
function kindOf(evidence: unknown): string {
  return /([a-zA-Z]+)Evidence$/.exec(text(evidence, '@odata.type') ?? '')?.[1] ?? '';
}

function userOf(account: unknown): OcsfObjects['user'] | undefined {
  return known({
    name: text(account, 'userPrincipalName') ?? text(account, 'accountName'),
    domain: text(account, 'domainName'),
    uid: text(account, 'userSid') ?? text(account, 'azureAdUserId'),
  });
}

function fileOf(details: unknown): OcsfObjects['file'] | undefined {
  const name = text(details, 'fileName');
  if (name === undefined) return undefined;
  const folder = text(details, 'filePath');
  const sha256 = text(details, 'sha256');
  return {
    name,
    path: folder === undefined ? undefined : `${folder.replace(/\\$/, '')}\\${name}`,
    type_id: 1,
    hashes: sha256 === undefined ? undefined : [{ algorithm: 'SHA-256', algorithm_id: 3, value: sha256 }],
  };
}

function deviceOf(evidence: unknown): OcsfObjects['device'] | undefined {
  const hostname = text(evidence, 'deviceDnsName') ?? text(evidence, 'hostName');
  return hostname === undefined ? undefined : { hostname, type_id: 0, uid: text(evidence, 'mdeDeviceId') };
}

function evidenceOf(evidence: unknown): OcsfObjects['evidences'] | undefined {
  switch (kindOf(evidence)) {
    case 'process':
      return known({
        process: known({
          pid: int(evidence, 'processId'),
          cmd_line: text(evidence, 'processCommandLine'),
          file: fileOf(at(evidence, 'imageFile')),
          user: userOf(at(evidence, 'userAccount')),
          parent_process: known({
            pid: int(evidence, 'parentProcessId'),
            file: fileOf(at(evidence, 'parentProcessImageFile')),
          }),
        }),
      });
    case 'user':
      return known({ user: userOf(at(evidence, 'userAccount')) });
    case 'file':
      return known({ file: fileOf(at(evidence, 'fileDetails')) });
    case 'ip':
      return known({ src_endpoint: known({ ip: text(evidence, 'ipAddress') }) });
    case 'url':
      return known({ url: known({ url_string: text(evidence, 'url') }) });
    default:
      return undefined;
  }
}

/** What the alert is about comes first: the process, else what else there is, in one piece. */
function evidencesOf(alert: JsonRecord): readonly OcsfObjects['evidences'][] {
  const found = list(alert, 'evidence')
    .map(evidenceOf)
    .filter((one) => one !== undefined);
  const main: OcsfObjects['evidences'] = Object.assign({}, ...found.toReversed());
  return found.length === 0 ? [] : [main, ...found];
}

function read(alert: JsonRecord, uid: string): ParsedEvent {
  const time = instant(at(alert, 'lastUpdateDateTime')) ?? instant(at(alert, 'createdDateTime'));
  const finding = findingOf(alert, uid);
  const logsource = { product: 'm365', service: 'defender' };
  return eventOf({ time, native: alert, logsource, finding }, () => {
    const category = text(alert, 'category');
    const advice = text(alert, 'recommendedActions');
    return findingView(finding, {
      time,
      product: { name: finding.product, vendor_name: 'Microsoft' },
      originalTime: text(alert, 'lastUpdateDateTime') ?? text(alert, 'createdDateTime'),
      firstSeen: instant(at(alert, 'firstActivityDateTime')),
      lastSeen: instant(at(alert, 'lastActivityDateTime')),
      ...(category === undefined ? {} : { types: [category] }),
      evidences: evidencesOf(alert),
      rest: {
        device: list(alert, 'evidence')
          .map(deviceOf)
          .find((one) => one !== undefined),
        remediation: advice === undefined ? undefined : { desc: advice },
      },
    });
  });
}

const parser: JsonParser = defineParser({
  name: 'microsoft-alert',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'Microsoft Defender XDR alerts (Graph security API, alerts_v2)',
  accepts: (json) =>
    typeof at(json, 'id') === 'string' &&
    typeof at(json, 'createdDateTime') === 'string' &&
    (typeof at(json, 'serviceSource') === 'string' ||
      at(json, '@odata.type') === '#microsoft.graph.security.alert') &&
    typeof at(json, 'severity') === 'string',
  parse(json) {
    const uid = text(json, 'id');
    if (uid === undefined || text(json, 'title') === undefined)
      return { kind: 'unparsed', reason: 'unknown_format' };
    return read(json, uid);
  },
});

export default parser;
