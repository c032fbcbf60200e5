/** CloudTrail records of the demo (record contents 1.08), as a trail delivers them. */
import { type Instant, toIso } from '../../base/clock.ts';
import { awsAccount } from './cast.ts';
import type { Random } from './random.ts';

export interface ApiCall {
  readonly service: string;
  readonly name: string;
  readonly ip: string;
  readonly user: string;
  readonly accessKeyId: string;
  readonly agent: string;
  readonly readOnly: boolean;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
}

export type AwsRecord = Readonly<Record<string, unknown>>;

export function apiCall(at: Instant, call: ApiCall, random: Random): AwsRecord {
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE000000001',
      arn: `arn:aws:iam::${awsAccount}:user/${call.user}`,
      accountId: awsAccount,
      accessKeyId: call.accessKeyId,
      userName: call.user,
    },
    // CloudTrail's times have whole seconds.
    eventTime: `${toIso(at).slice(0, 19)}Z`,
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.name,
    awsRegion: 'eu-central-1',
    sourceIPAddress: call.ip,
    userAgent: call.agent,
    requestParameters: call.request ?? null,
    responseElements: call.response ?? null,
    requestID: random.hex(32),
    eventID: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: awsAccount,
    eventCategory: 'Management',
  };
}
