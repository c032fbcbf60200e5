/** A name that was asked for, as a resolver's log tells of it. */
import type { Logsource, ParsedEvent } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { known } from './fields.ts';
import { eventOf, ocsfView } from './ocsf-view.ts';
import { readTimestamp } from './timestamp.ts';

export interface DnsFacts {
  readonly product: OcsfObjects['product'];
  readonly logsource: Logsource;
  readonly time: unknown;
  readonly name: string;
  readonly type: string | undefined;
  readonly rcode: string | undefined;
  readonly client: string | undefined;
  readonly answers: readonly string[];
  readonly blocked?: boolean;
}

/** The record as it is, and its facts by the names of Sigma's category `dns`: query, record_type, answer. */
export function dnsEvent(json: JsonRecord, facts: DnsFacts): ParsedEvent {
  const query = facts.name.replace(/\.$/, '');
  const time = readTimestamp(facts.time)?.at ?? null;
  const native = { ...json, query, record_type: facts.type, answer: facts.answers };
  const logsource = { ...facts.logsource, category: 'dns' };
  return eventOf({ time, native, logsource }, () =>
    ocsfView(
      'dns_activity',
      1,
      {
        time,
        metadata: {
          product: facts.product,
          original_time: typeof facts.time === 'string' ? facts.time : undefined,
        },
      },
      {
        query: { hostname: query, type: facts.type },
        rcode: facts.rcode,
        answers: facts.answers.length === 0 ? undefined : facts.answers.map((rdata) => ({ rdata })),
        src_endpoint: known({ ip: facts.client }),
        dst_endpoint: {},
        ...(facts.blocked === undefined ? {} : { disposition_id: facts.blocked ? 2 : 1 }),
      },
    ),
  );
}
