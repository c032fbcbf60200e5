/** Rules that look for words in the whole of an object, and those that read a member of it. */
import { describe, expect, it } from 'vitest';
import { goldenContext } from '../../../test/support/golden.ts';
import { buildFastRuleSet, buildRuleSet, compileRule, parseSigma } from '../../lang/sigma/index.ts';
import { testMappings } from '../../lang/sigma/testing.ts';
import { parseRecord } from '../../pipeline/parse.ts';
import { parsers } from './index.generated.ts';

const policy =
  '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"] }] }';
const record = {
  eventVersion: '1.08',
  userIdentity: { type: 'IAMUser', userName: 'amara' },
  eventTime: '2026-03-02T10:11:12Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'PutUserPolicy',
  awsRegion: 'us-east-1',
  requestParameters: {
    userName: 'pascal',
    VersioningConfiguration: { Status: 'Suspended' },
    policyDocument: policy,
  },
  responseElements: null,
};

const cases: readonly { readonly item: string; readonly matches: boolean; readonly why: string }[] = [
  { item: "requestParameters|contains: 'Suspended'", matches: true, why: 'a value anywhere in the object' },
  { item: "requestParameters|contains: 'Enabled'", matches: false, why: 'it is nowhere in it' },
  {
    item: 'requestParameters|contains: \'"Status":"Suspended"\'',
    matches: true,
    why: 'name and value as JSON',
  },
  {
    item: 'requestParameters|contains: \'"Effect":"Allow"\'',
    matches: true,
    why: 'a policy is JSON in a text',
  },
  {
    item: 'requestParameters|contains: \'Effect\\": \\"Allow\'',
    matches: true,
    why: 'and is also there as AWS wrote it',
  },
  { item: 'requestParameters.userName: pascal', matches: true, why: 'a member is read by its name' },
  {
    item: 'requestParameters.VersioningConfiguration.Status: Suspended',
    matches: true,
    why: 'a member of a member',
  },
  { item: 'responseElements|exists: true', matches: true, why: 'null is there' },
  { item: 'responseElements: null', matches: true, why: 'null is null' },
  { item: 'additionalEventData|exists: true', matches: false, why: 'what is not there is not made' },
];

describe('objects of CloudTrail as text', () => {
  it.each(cases)('$item: $matches, because $why', ({ item, matches }) => {
    const [rule] = parseSigma(
      `title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s:\n    ${item}\n  condition: s\n`,
      't.yml',
    ).documents;
    if (rule === undefined) throw new Error('the rule is wrong');
    const compiled = compileRule(rule, { mappings: testMappings });
    if (!compiled.ok) throw new Error(compiled.error.reason);
    for (const raw of [record, { ...record, requestParameters: JSON.stringify(record.requestParameters) }]) {
      const outcome = parseRecord(JSON.stringify(raw), goldenContext, parsers);
      if (outcome.kind !== 'event') throw new Error(outcome.reason);
      const event = { fields: outcome.event.native, logsource: outcome.event.logsource };
      expect(buildRuleSet([compiled.value], testMappings).match(event).length > 0).toBe(matches);
      expect(buildFastRuleSet([compiled.value], { mappings: testMappings }).match(event).length > 0).toBe(
        matches,
      );
    }
  });
});
