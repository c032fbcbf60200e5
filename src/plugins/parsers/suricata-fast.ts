/** Suricata's (and Snort's) fast.log: one line an alert. */
import { defineParser, type TextParser } from '../define.ts';
import { findingView } from './lib/finding-view.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { signatureFinding } from './lib/suricata-signature.ts';
import { readTimestamp } from './lib/timestamp.ts';

const pattern =
  /^(?<month>\d\d)\/(?<day>\d\d)\/(?<year>\d{4})-(?<clock>\d\d:\d\d:\d\d\.\d+)\s+(?:\[(?<action>\w+)\]\s+)?\[\*\*\] \[(?<gid>\d+):(?<signature_id>\d+):(?<rev>\d+)\] (?<signature>.*?) \[\*\*\] (?:\[Classification: (?<category>[^\]]*)\] )?\[Priority: (?<priority>\d+)\] \{(?<proto>[^}]*)\} (?<src_ip>[0-9A-Fa-f.:]+?)(?::(?<src_port>\d+))? -> (?<dest_ip>[0-9A-Fa-f.:]+?)(?::(?<dest_port>\d+))?$/;

const parser: TextParser = defineParser({
  name: 'suricata-fast',
  reads: 'text',
  version: 1,
  computed: { timestamp: [] },
  summary: "Suricata's fast.log: one line an alert",
  accepts: ({ message }) => message.includes('[**] [') && pattern.test(message),
  parse(line) {
    const groups = pattern.exec(line.message)?.groups;
    if (groups === undefined) return { kind: 'unparsed', reason: 'unknown_format' };
    const { month, day, year, clock, ...fields } = groups;
    const { src_ip: src = '', dest_ip: dst = '', signature: title = '', category = '' } = fields;
    // The zone is the sensor's and is not written.
    const original = `${year}-${month}-${day}T${clock}`;
    const time = readTimestamp(original)?.at ?? null;
    const finding = signatureFinding({
      gid: Number(fields['gid']),
      sid: Number(fields['signature_id']),
      title,
      category,
      priority: Number(fields['priority']),
      rating: '',
      techniques: [],
      src,
      dst,
    });
    const native = { message: line.message, timestamp: original, ...fields };
    const logsource = { product: 'suricata', service: 'alert' };
    const port = (value: string | undefined) => (value === undefined ? undefined : Number(value));
    return eventOf({ time, native, logsource, finding }, () =>
      findingView(finding, {
        time,
        product: { name: 'Suricata', vendor_name: 'OISF' },
        originalTime: original,
        ...(category === '' ? {} : { types: [category] }),
        analytic: { type_id: 1, name: title, uid: fields['signature_id'], version: fields['rev'] },
        evidences: [
          {
            src_endpoint: { ip: src, port: port(fields['src_port']) },
            dst_endpoint: { ip: dst, port: port(fields['dest_port']) },
            connection_info: { protocol_name: fields['proto']?.toLowerCase(), direction_id: 0 },
          },
        ],
      }),
    );
  },
});

export default parser;
