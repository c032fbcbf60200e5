/** Zoom: what administrators change (operation logs), and who signs in (activity logs). */
import type { ParsedEvent } from '../../model/event.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type Call, callView, signInView } from './lib/audit.ts';
import { text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

function isOperation(json: JsonRecord): boolean {
  return ['category_type', 'operation_detail', 'operator'].every((name) => Object.hasOwn(json, name));
}

function isActivity(json: JsonRecord): boolean {
  return ['email', 'client_type', 'ip_address', 'type'].every((name) => Object.hasOwn(json, name));
}

const parser: JsonParser = defineParser({
  name: 'zoom',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'Zoom: operation logs, sign-ins',
  accepts: (json) => isOperation(json) || isActivity(json),
  parse: (json): ParsedEvent => {
    const operation = isOperation(json);
    const time = readTimestamp(json['time'])?.at ?? null;
    const logsource = { product: 'zoom', service: operation ? 'operation' : 'activity' };
    return eventOf({ time, native: json, logsource }, () => {
      const name = text(json, 'operator') ?? text(json, 'email');
      const call: Call = {
        base: {
          time,
          metadata: {
            product: { name: 'Zoom', vendor_name: 'Zoom' },
            event_code: text(json, 'action') ?? text(json, 'type'),
          },
        },
        success: undefined,
        user: name === undefined ? undefined : { name },
        from: text(json, 'ip_address'),
        message: text(json, 'operation_detail'),
      };
      if (operation)
        return callView(call, text(json, 'action') ?? 'unknown', {
          service: text(json, 'category_type') ?? 'Zoom',
        });
      const isOut = /sign ?out/i.test(text(json, 'type') ?? '');
      if (isOut) return callView(call, 'Sign out', { service: 'Zoom' });
      return signInView({ ...call, success: true }, { service: { name: 'Zoom' } });
    });
  },
});

export default parser;
