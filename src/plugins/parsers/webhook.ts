/** Alerts of any product that can call a webhook: its JSON becomes a finding by the source's mapping. */
import type { ParsedEvent, ParseOutcome } from '../../model/event.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonRecord } from '../../model/record.ts';
import { type Severity, severities } from '../../model/severity.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { attackTags, findingView, httpsLink, instant } from './lib/finding-view.ts';
import { eventOf, ocsfView } from './lib/ocsf-view.ts';
import { bounded, type CompiledMapping, type MappingField, mappingOf } from './lib/webhook-mapping.ts';

const maxText = 4_096;

type Values = (field: MappingField) => string | undefined;

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, maxText) : undefined;
}

const synonyms: Readonly<Record<string, Severity>> = {
  info: 'informational',
  notice: 'informational',
  minor: 'low',
  warning: 'medium',
  moderate: 'medium',
  major: 'high',
  error: 'high',
  severe: 'critical',
  fatal: 'critical',
};

function severityOf(value: string | undefined): Severity {
  const name = (value ?? '').toLowerCase();
  return severities.find((severity) => severity === name) ?? synonyms[name] ?? 'medium';
}

function statusOf(value: string | undefined): Finding['status'] {
  const name = (value ?? 'open').toLowerCase();
  if (['resolved', 'closed', 'done', 'ok'].includes(name)) return 'resolved';
  if (['suppressed', 'dismissed', 'ignored', 'false_positive'].includes(name)) return 'suppressed';
  return ['open', 'new', 'active', 'firing', 'triggered', 'in_progress'].includes(name) ? 'open' : 'unknown';
}

function findingOf(
  get: Values,
  tags: readonly string[],
  uid: string,
  title: string,
  source: string,
): Finding {
  return {
    uid,
    product: get('product') ?? source,
    title,
    description: get('description') ?? '',
    severity: severityOf(get('severity')),
    status: statusOf(get('status')),
    link: httpsLink(get('link')),
    tags,
  };
}

/** ATT&CK ids become attack tags; other tags stay as they are. */
function tagsOf(value: unknown): readonly string[] {
  const list = (Array.isArray(value) ? value : [value]).map(textOf).filter((one) => one !== undefined);
  return [...new Set(list.slice(0, 50).map((tag) => attackTags([tag])[0] ?? tag))];
}

function read(json: JsonRecord, mapping: CompiledMapping, source: string): ParseOutcome {
  const body = bounded(json);
  const get: Values = (field) => textOf(mapping.value(field, body));
  const timeValue = mapping.value('time', body);
  const time = instant(
    typeof timeValue === 'string' || typeof timeValue === 'number' ? timeValue : undefined,
  );
  const logsource = { product: 'webhook', service: source };
  if (mapping.value('when', body) === false) {
    return eventOf({ time, native: json, logsource }, () =>
      ocsfView(
        'base_event',
        99,
        { time, metadata: { product: { name: source } } },
        { message: get('title') },
      ),
    );
  }
  const [uid, title] = [get('uid'), get('title')];
  if (uid === undefined || title === undefined) return { kind: 'unparsed', reason: 'mapping_failed' };
  const finding = findingOf(get, tagsOf(mapping.value('tags', body)), uid, title, source);
  return eventOf({ time, native: json, logsource, finding }, () => viewOf(finding, get, time));
}

function viewOf(finding: Finding, get: Values, time: number | null): ParsedEvent['ocsf'] {
  const [host, user, ip] = [get('host'), get('user'), get('src_ip')];
  return findingView(finding, {
    time,
    product: { name: finding.product },
    evidences: [
      {
        user: user === undefined ? undefined : { name: user },
        src_endpoint: ip === undefined ? undefined : { ip },
      },
    ],
    rest: { device: host === undefined ? undefined : { hostname: host, type_id: 0 } },
  });
}

const parser: JsonParser = defineParser({
  name: 'webhook',
  reads: 'json',
  mapped: true,
  version: 1,
  computed: {},
  summary: "Alerts that another product posts to its source's webhook, by a mapping in the configuration",
  accepts: (_json, context) => context.mapping !== undefined,
  parse(json, context) {
    const mapping = mappingOf(context.mapping ?? '{}');
    return mapping === null
      ? { kind: 'unparsed', reason: 'mapping_failed' }
      : read(json, mapping, context.source);
  },
});

export default parser;
