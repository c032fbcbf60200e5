/** Cisco's firewalls: ASA, FTD and the older PIX and FWSM. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { signInView } from './lib/audit.ts';
import { defined, int, lookup, text } from './lib/fields.ts';
import { type Flow, flowFields, flowView, protocolName } from './lib/flow.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

const head = /%(ASA|FTD|PIX|FWSM)-(?:[A-Za-z]{1,20}-)?([0-7])-(\d{3,6}): ?/;

type Fields = Record<string, unknown>;

/** `outside:192.0.2.1/443`, `outside/192.0.2.1(443)`, `192.0.2.1/443`, `192.0.2.1`; names of a user may follow. */
function party(side: 'src' | 'dst'): string {
  // The start of an IPv6 address is no interface.
  const at = `(?:(?![0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:)(?<${side}_interface>[A-Za-z_][\\w.-]{0,48})[:/])?`;
  const address = '\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}';
  return `${at}(?<${side}_ip>${address})(?:[/(](?<${side}_port>[\\w-]{1,20})\\)?)?`;
}

const built = new RegExp(
  `^Built (?<direction>inbound|outbound) (?<protocol>\\w{2,10}) connection (?<connection>\\d{1,12}) for ${party('src')}[^]{0,100}? to ${party('dst')}`,
);
const tornDown = new RegExp(
  `^Teardown (?:local-host |dynamic )?(?<protocol>\\w{2,10}) (?:connection (?<connection>\\d{1,12}) )?(?:for|from) ${party('src')}[^]{0,100}? to ${party('dst')}[^]{0,100}? duration (?<duration>[\\d:]{5,12})(?: bytes (?<bytes>\\d{1,15}))?(?<reason>[^]{0,200})`,
);
const deniedBy = new RegExp(
  `^(?:Deny|Dropping) (?:inbound |outbound )?(?<protocol>[\\w()]{2,20})(?: \\(no connection\\))?(?: packet)?(?: src| from)? ${party('src')}[^]{0,120}? (?:dst|to) ${party('dst')}(?:[^]{0,200}? by access-group "(?<rule>[^"]{1,100})")?`,
);
const accessList = new RegExp(
  `^access-list (?<rule>\\S{1,100}) (?<action>permitted|denied|est-allowed) (?<protocol>\\w{2,10}) ${party('src')}[^]{0,100}? -> ${party('dst')}`,
);
const accessDenied = new RegExp(
  `^(?<protocol>\\w{2,10}) access (?<action>denied|permitted|requested)[^]{0,40}? from ${party('src')} to ${party('dst')}`,
);
const login = new RegExp(
  `^Login (?<action>permitted|denied) from ${party('src')} to ${party('dst')} for user "(?<user>[^"]{1,100})"`,
);
const aaa =
  /^AAA (?:user (?:authentication|authorization)|transaction) (?<action>Successful|Rejected)[^]{0,200}? user = (?<user>\S{1,100})(?:[^]{0,40}? user IP = (?<src_ip>[0-9A-Fa-f.:]{3,45}))?/i;
const remote =
  /^Group [<=] ?(?<group>[^>,]{1,100})>?,? (?:User [<=] ?(?:Name = )?(?<user>[^>,]{1,100})>?,? )?IP [<=] ?(?<src_ip>[0-9A-Fa-f.:]{3,45})>?,?/;
const anyParties = new RegExp(` from ${party('src')}[^]{0,60}? to ${party('dst')}`);

const patterns = [built, tornDown, deniedBy, accessList, accessDenied, login, aaa, remote, anyParties];

const firepowerNames: Readonly<Record<string, string>> = {
  SrcIP: 'src_ip',
  SrcPort: 'src_port',
  DstIP: 'dst_ip',
  DstPort: 'dst_port',
  Protocol: 'protocol',
  AccessControlRuleAction: 'action',
  AccessControlRuleName: 'rule',
  User: 'user',
};

/** FTD's connection events: `Name: value, Name: value`. */
function firepowerFields(message: string): Fields {
  const fields: Fields = {};
  for (const [, name = '', value = ''] of message.matchAll(/(?:^|, )([A-Z]\w{1,40}): ([^,]{0,400})/g)) {
    fields[name] = value;
    const own = lookup(firepowerNames, name);
    if (own !== undefined && value !== 'No Authentication Required') fields[own] = value;
  }
  return fields;
}

function messageFields(message: string): Fields {
  if (/^(?:[A-Z]\w{1,40}: [^,]{0,400}, ){2}/.test(message)) return firepowerFields(message);
  for (const pattern of patterns) {
    const groups = pattern.exec(message)?.groups;
    if (groups === undefined) continue;
    const fields = defined(groups);
    // `for` names the foreign side: where the connection goes to when it was opened from inside.
    return fields['direction'] === 'outbound' ? swapped(fields) : fields;
  }
  return {};
}

function swapped(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] => {
    if (name.startsWith('src_')) return [`dst_${name.slice(4)}`, value];
    return name.startsWith('dst_') ? [`src_${name.slice(4)}`, value] : [name, value];
  });
  return Object.fromEntries(entries);
}

function decision(message: string, fields: Fields): boolean | undefined {
  const action = text(fields, 'action')?.toLowerCase();
  if (action !== undefined) return /^(?:permit|est-allowed|allow|trust|success)/.test(action);
  if (/^(?:Deny|Dropping)\b/.test(message)) return false;
  return message.startsWith('Built ') ? true : undefined;
}

const directions = { inbound: 1, outbound: 2 } as const;

function flowOf(line: TextLine, message: string, fields: Fields): Flow {
  const host = line.host || (line.app.startsWith('%') ? '' : line.app);
  const direction = text(fields, 'direction');
  return {
    from: text(fields, 'src_ip'),
    fromPort: int(fields, 'src_port'),
    to: text(fields, 'dst_ip'),
    toPort: int(fields, 'dst_port'),
    protocol: protocolName(text(fields, 'protocol')),
    allowed: decision(message, fields),
    user: text(fields, 'user'),
    rule: text(fields, 'rule'),
    message,
    direction: direction === 'inbound' || direction === 'outbound' ? directions[direction] : undefined,
    device: host === '' ? undefined : { hostname: host, type_id: 9 },
  };
}

const levels = [
  severity.critical,
  severity.critical,
  severity.high,
  severity.medium,
  severity.low,
  severity.informational,
  severity.informational,
  severity.informational,
];

/** Messages that tell of a person who signs in to the firewall or through it. */
function isSignIn(message: string, flow: Flow): boolean {
  return flow.user !== undefined && /^(?:Login |AAA user authentication )/.test(message);
}

function toOcsf(
  flow: Flow,
  message: string,
  facts: { code: string; level: number; product: string; time: number | null },
): OcsfEvent {
  const base = {
    time: facts.time,
    severity_id: levels[facts.level],
    metadata: { product: { name: facts.product, vendor_name: 'Cisco' }, event_code: facts.code },
  };
  if (!isSignIn(message, flow)) return flowView(flow, base);
  const call = { base, success: flow.allowed, user: { name: flow.user }, from: flow.from, message };
  return signInView(call, { device: flow.device, is_remote: true });
}

const parser: TextParser = defineParser({
  name: 'cisco-asa',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Cisco's ASA and FTD firewalls",
  accepts: ({ line }) => line.includes('%') && head.test(line),
  parse: (line): ParsedEvent => {
    const found = head.exec(line.line);
    const [whole = '', product = 'ASA', level = '6', code = ''] = found ?? [];
    const message = line.line.slice((found?.index ?? 0) + whole.length);
    const fields = messageFields(message);
    const flow = flowOf(line, message, fields);
    const shared = { message, message_id: `${product}-${level}-${code}`, code };
    const native = { ...envelopeFields(line), ...fields, ...flowFields(flow), ...shared };
    const logsource = { product: 'cisco', service: product.toLowerCase(), category: 'firewall' };
    const facts = { code, level: Number(level), product, time: line.time };
    return eventOf({ time: line.time, native, logsource }, () => toOcsf(flow, message, facts));
  },
});

export default parser;
