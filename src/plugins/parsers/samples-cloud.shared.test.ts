/** Recorded records of cloud services, web servers and networks through their parsers, where they are at hand. */
import { describe, expect, it } from 'vitest';
import { expectedRecords, readSamples, samplesOf } from '../../../test/support/cloud-samples.ts';
import { goldenContext } from '../../../test/support/golden.ts';
import { checkSamples, sampleFiles } from '../../../test/support/samples.ts';
import { claimants, parseRecord } from '../../pipeline/parse.ts';
import { parsers } from './index.generated.ts';

/** `others`: records among the samples of the kind that are not of its product, or that upstream cut down to nothing of it. */
const kinds: readonly { readonly kind: string; readonly others?: number; readonly why?: string }[] = [
  { kind: 'aws-cloudtrail' },
  { kind: 'zeek' },
  { kind: 'okta' },
  { kind: 'azure-entra' },
  { kind: 'azure-activity' },
  { kind: 'm365-audit', others: 4, why: 'alerts of Graph' },
  { kind: 'gcp-audit', others: 6, why: 'only a method, or only an operation' },
  { kind: 'google-workspace' },
  { kind: 'github-audit', others: 1, why: 'only an action' },
  { kind: 'kubernetes-audit', others: 13, why: 'only enrichment of other products' },
  { kind: 'cloudflare' },
  { kind: 'duo' },
  { kind: 'auth0' },
  { kind: 'onelogin' },
  { kind: 'slack-audit' },
  { kind: 'web-nginx' },
  { kind: 'web-apache' },
  { kind: 'dns-bind', others: 1, why: 'an exception of a program' },
  { kind: 'firewall-cisco-asa' },
  { kind: 'firewall-fortinet' },
  { kind: 'firewall-paloalto' },
  { kind: 'firewall-iptables' },
  { kind: 'web-proxy' },
  { kind: 'web-iis' },
  { kind: 'aws-s3access' },
  { kind: 'aws-vpcflow' },
  { kind: 'aws-elb-cloudfront', others: 1, why: 'the end of a line of S3' },
  { kind: 'cef' },
  { kind: 'leef' },
];
const absent = sampleFiles('zeek').length === 0;
if (absent) console.log('parsers: tests on recorded records skipped, the shared data folder is absent');

describe.skipIf(absent)('recorded records', { timeout: 120_000 }, () => {
  it.each(kinds)(
    '$kind: under one in a hundred is unparsed, all views keep the rules of OCSF',
    ({ kind, others = 0 }) => {
      const report = checkSamples(kind, parsers, readSamples);
      expect(report.records).toBeGreaterThan(0);
      expect(report.ocsfProblems).toEqual([]);
      const share = (report.unparsed.length - others) / report.records;
      expect(share, report.unparsed.slice(0, 5).join('\n')).toBeLessThan(0.01);
    },
  );

  it.each(kinds)('$kind: no record is taken by two parsers', ({ kind }) => {
    const shared = new Set<string>();
    for (const { raw, context } of samplesOf(kind)) {
      for (const { parsers: names } of claimants(raw, context, parsers)) {
        if (names.length > 1) shared.add(names.join(' and '));
      }
    }
    expect([...shared]).toEqual([]);
  });
});

/** Upstream's name of a fact → ours, by dotted path below `native` and `ocsf`. */
const facts: Readonly<Record<string, (native: Fields, ocsf: Fields) => unknown>> = {
  source_ip: (_, ocsf) => (ocsf['src_endpoint'] as Fields | undefined)?.['ip'],
  http_status: (native) => native['sc-status'],
  http_verb: (_, ocsf) => (ocsf['http_request'] as Fields | undefined)?.['http_method'],
  http_user_agent: (native) => native['cs-user-agent'],
  target_fqdn: (native) => native['cs-host'] ?? native['host'],
  rule_name: (native) => native['rule'],
};
type Fields = Readonly<Record<string, unknown>>;

const expectations: readonly { readonly kind: string; readonly name: string; readonly records: number }[] = [
  { kind: 'web-nginx', name: 'nginx_http-logs', records: 9 },
  { kind: 'web-nginx', name: 'nginx-http-malformed', records: 12 },
  { kind: 'web-nginx', name: 'nginx-proxy-manager-malformed', records: 12 },
  { kind: 'web-nginx', name: 'nginx-mail-logs', records: 11 },
  { kind: 'web-apache', name: 'apache2-malformed', records: 11 },
  { kind: 'web-cve', name: 'cve_2022_37042', records: 2 },
  { kind: 'web-proxy', name: 'traefik_json', records: 6 },
  { kind: 'web-proxy', name: 'envoy-logs', records: 10 },
  { kind: 'web-proxy', name: 'haproxy-logs', records: 4 },
  { kind: 'aws-elb-cloudfront', name: 'aws-cloudfront-logs', records: 2 },
  { kind: 'dns-bind', name: 'bind9-logs', records: 13 },
  { kind: 'dns-bind', name: 'bind9-syslog', records: 12 },
  { kind: 'firewall-iptables', name: 'iptables-logs', records: 3 },
  { kind: 'firewall-iptables', name: 'proxmox-iptables-logs', records: 5 },
  { kind: 'firewall-paloalto', name: 'palo-alto-threat', records: 2 },
];

describe.skipIf(absent)('what upstream found in its records', () => {
  it.each(expectations)('$kind/$name: the same addresses, answers and agents', ({ kind, name, records }) => {
    const expected = expectedRecords(kind, name);
    expect(expected).toHaveLength(records);
    for (const { raw, meta } of expected) {
      const decoder = raw.startsWith('{') ? 'json' : 'text';
      const outcome = parseRecord(raw, { ...goldenContext, decoder }, parsers);
      if (outcome.kind !== 'event') throw new Error(`${outcome.reason}: ${raw}`);
      const { native, ocsf } = outcome.event;
      for (const [fact, read] of Object.entries(facts)) {
        const value = meta[fact];
        // Upstream keeps the dash of log files, and lowers the case of hosts.
        if (value === undefined || value === '-' || value === '') continue;
        expect(String(read(native, ocsf)).toLowerCase(), `${fact} of ${raw}`).toBe(value.toLowerCase());
      }
    }
  });
});
