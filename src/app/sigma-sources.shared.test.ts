/** The public rules on recorded records of cloud, web and network: rules see them, read their fields, and match what they should. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgedSamples, type Sample, samplesOf } from '../../test/support/cloud-samples.ts';
import { sharedPath } from '../../test/support/shared.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  buildRuleSet,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  parseSigma,
  type RuleSet,
} from '../lang/sigma/index.ts';
import { viewOf } from '../lang/sigma/view.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { paths } from './paths.ts';

const sigma = sharedPath('sigma');
if (sigma === null) console.log('skipped: the public Sigma collection (WATCHFLOOR_SHARED is not there)');

async function load(mappings: LogsourceMappings): Promise<RuleSet> {
  const { files } = await readRuleFiles(`${sigma}/sigmahq-rules.tar.gz`);
  const compiled = files
    .filter(({ path }) => /^(?:rules|rules-[a-z-]+)\//.test(path))
    .flatMap(({ content, path }) => parseSigma(content, path).documents)
    .flatMap((rule) => {
      const result = compileRule(rule, { mappings });
      return result.ok ? [result.value] : [];
    });
  return buildRuleSet(compiled, mappings);
}

function eventOf({ raw, context }: Sample) {
  const outcome = parseRecord(raw, context, parsers);
  if (outcome.kind !== 'event') return null;
  return { fields: outcome.event.native, logsource: outcome.event.logsource };
}

/** `category|product|service` as the list of fields has it, and the least number of its fields that samples must have. */
const sources: readonly { readonly kind: string; readonly logsource: string; readonly fields: number }[] = [
  { kind: 'aws-cloudtrail', logsource: 'None|aws|cloudtrail', fields: 17 },
  { kind: 'okta', logsource: 'None|okta|okta', fields: 11 },
  { kind: 'azure-entra', logsource: 'None|azure|signinlogs', fields: 25 },
  { kind: 'azure-entra', logsource: 'None|azure|auditlogs', fields: 23 },
  { kind: 'azure-activity', logsource: 'None|azure|activitylogs', fields: 6 },
  { kind: 'm365-audit', logsource: 'None|m365|audit', fields: 5 },
  { kind: 'm365-audit', logsource: 'None|m365|exchange', fields: 3 },
  { kind: 'gcp-audit', logsource: 'None|gcp|gcp.audit', fields: 7 },
  { kind: 'google-workspace', logsource: 'None|gcp|google_workspace.admin', fields: 4 },
  { kind: 'google-workspace', logsource: 'None|gcp|google_workspace.login', fields: 3 },
  { kind: 'github-audit', logsource: 'None|github|audit', fields: 1 },
  { kind: 'kubernetes-audit', logsource: 'None|kubernetes|audit', fields: 6 },
  { kind: 'kubernetes-audit', logsource: 'application|kubernetes|audit', fields: 5 },
  { kind: 'onelogin', logsource: 'None|onelogin|onelogin.events', fields: 1 },
  { kind: 'duo', logsource: 'None|cisco|duo', fields: 2 },
  { kind: 'firewall-paloalto', logsource: 'firewall|None|None', fields: 5 },
  { kind: 'firewall-iptables', logsource: 'firewall|None|None', fields: 5 },
  { kind: 'firewall-fortinet', logsource: 'None|fortigate|event', fields: 1 },
  { kind: 'dns-bind', logsource: 'dns|None|None', fields: 2 },
  { kind: 'web-proxy', logsource: 'proxy|None|None', fields: 6 },
  { kind: 'web-nginx', logsource: 'webserver|None|None', fields: 7 },
  { kind: 'zeek', logsource: 'None|zeek|dce_rpc', fields: 2 },
  { kind: 'zeek', logsource: 'None|zeek|smb_files', fields: 2 },
  { kind: 'zeek', logsource: 'None|zeek|x509', fields: 1 },
  { kind: 'zeek', logsource: 'None|zeek|dns', fields: 6 },
  { kind: 'zeek', logsource: 'None|zeek|http', fields: 11 },
  { kind: 'zeek', logsource: 'None|zeek|rdp', fields: 1 },
  { kind: 'zeek', logsource: 'None|zeek|kerberos', fields: 3 },
  { kind: 'zeek', logsource: 'dns|None|None', fields: 3 },
];

function isOf(
  logsource: string,
  of: { product?: string; service?: string; moreServices?: readonly string[]; category?: string },
) {
  const [category, product, service] = logsource.split('|');
  return (
    (category === 'None' || of.category === category) &&
    (product === 'None' || of.product === product) &&
    (service === 'None' || of.service === service || (of.moreServices ?? []).includes(service ?? ''))
  );
}

/** Matches that must be there: rule, and the upstream's detection whose firing test it matches and whose silent test it does not. */
const verdicts: readonly { readonly kind: string; readonly rule: string; readonly title: string }[] = [
  { kind: 'aws-cloudtrail', rule: 'AWS GuardDuty Important Change', title: 'AWS Trusted IPSet Modified' },
  {
    kind: 'aws-cloudtrail',
    rule: 'Modification or Deletion of an AWS RDS Cluster',
    title: 'AWS RDS Instance or Cluster Deleted',
  },
  { kind: 'okta', rule: 'Okta MFA Reset or Deactivated', title: 'Okta User MFA Reset All' },
  {
    kind: 'okta',
    rule: 'Okta New Admin Console Behaviours',
    title: 'Okta New Behaviors Acessing Admin Console',
  },
  {
    kind: 'okta',
    rule: 'Okta User Session Start Via An Anonymising Proxy Service',
    title: 'Okta Sign-In from VPN Anonymizer',
  },
  {
    kind: 'azure-entra',
    rule: 'Potential MFA Bypass Using Legacy Client Authentication',
    title: 'Azure SignIn via Legacy Authentication Protocol',
  },
  {
    kind: 'azure-entra',
    rule: 'Azure Domain Federation Settings Modified',
    title: 'Azure Domain Federation Settings Modified',
  },
];

describe.skipIf(sigma === null)('the public rules on recorded records', { timeout: 300_000 }, () => {
  let set: RuleSet;
  let fieldsOf: Readonly<Record<string, readonly (readonly [string, number])[]>>;

  beforeAll(async () => {
    set = await load(parseMappings(await readFile(paths.mappings, 'utf8')));
    fieldsOf = JSON.parse(await readFile(`${sigma}/fields-by-logsource.json`, 'utf8')) as typeof fieldsOf;
  }, 300_000);

  it.each(sources)(
    '$kind: rules for $logsource see it and find their fields',
    ({ kind, logsource, fields }) => {
      const events = samplesOf(kind)
        .map(eventOf)
        .filter((event) => event !== null)
        .filter((event) => isOf(logsource, event.logsource));
      expect(events.length).toBeGreaterThan(0);
      expect(events.every((event) => set.covers(event))).toBe(true);
      const wanted = (fieldsOf[logsource] ?? []).map(([name]) => name);
      const views = events.map((event) => viewOf(event.fields));
      const found = wanted.filter((name) => views.some((view) => view.values(name) !== null));
      expect(
        found.length,
        `without: ${wanted.filter((name) => !found.includes(name)).join(', ')}`,
      ).toBeGreaterThanOrEqual(fields);
    },
  );

  it.each(verdicts)('$rule tells apart what $title tells apart', ({ kind, rule, title }) => {
    const samples = judgedSamples(kind).filter((sample) => sample.title === title);
    const matched = samples.filter((sample) => {
      const event = eventOf(sample);
      return event !== null && set.match(event).some((one) => one.rule.title === rule);
    });
    expect(matched.length).toBeGreaterThan(0);
    expect(matched.filter(({ fires }) => !fires).map(({ test }) => test)).toEqual([]);
  });
});
