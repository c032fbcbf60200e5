/** Configuration of sources that need some: syslog listeners, webhooks with their mapping. */
import { z } from 'zod';
import { isZone } from '../base/civil-time.ts';
import { expressionProblem, mappingFields } from '../plugins/parsers/lib/webhook-mapping.ts';
import { integer, oneOf } from './config-values.ts';

const name = z
  .string({ error: 'must be text' })
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: 'must be lower-case letters, digits, . _ -, at most 63' });

/** `HOST:PORT`, `[::]:PORT`, or a port alone for every interface. */
const listen = z
  .union([z.string(), z.int()], { error: 'must be "ADDRESS:PORT", such as "0.0.0.0:5514"' })
  .transform((given, context) => {
    const [, bracketed, plain, digits] =
      /^(?:\[([0-9a-fA-F:.]+)\]:|([^:[\]]*):)?(\d{1,5})$/.exec(String(given)) ?? [];
    const port = Number(digits);
    if (digits !== undefined && port <= 65_535) return { host: bracketed ?? (plain || '0.0.0.0'), port };
    context.addIssue({ code: 'custom', message: 'must be "ADDRESS:PORT", such as "0.0.0.0:5514"' });
    return z.NEVER;
  });

const file = z.string({ error: 'must be the path of a PEM file' }).min(1, 'must be the path of a PEM file');

const syslogListener = z
  .strictObject({
    source: name,
    listen,
    transport: oneOf(
      ['udp', 'tcp', 'tls'],
      'udp',
      'UDP, TCP with octet counts or line ends (RFC 6587), or the same with TLS (RFC 5425).',
    ),
    tls: z.strictObject({ certificate: file, key: file, clientCa: file.optional() }).optional(),
    zone: z
      .string({ error: 'must be text' })
      .refine(isZone, { error: 'must be the name of a time zone, such as "Europe/Berlin"' })
      .optional(),
    maxConnections: integer(512, 'Most connections at once, for TCP.', 1, 65_535),
  })
  .superRefine(({ transport, tls }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (transport === 'tls' && tls === undefined)
      wrong('transport', 'tls needs `tls` beside it, with the files `certificate` and `key`');
    if (transport !== 'tls' && tls !== undefined)
      wrong('tls', `goes with the transport tls, not ${transport}`);
  });

const expression = z.string({ error: 'must be a CEL expression, as text' }).superRefine((text, context) => {
  const problem = expressionProblem(text);
  if (problem !== null)
    context.addIssue({ code: 'custom', message: `is no usable CEL expression: ${problem}` });
});

const mapping = z.strictObject({
  ...(Object.fromEntries(mappingFields.map((field) => [field, expression.optional()])) as {
    readonly [K in (typeof mappingFields)[number]]: z.ZodOptional<typeof expression>;
  }),
  uid: expression,
  title: expression,
});

const webhook = z.strictObject({ source: name, mapping });

const wantedList = 'must be a list, each item beginning with "- "';

/** Two entries under one name would be one source with two meanings. */
function distinct(items: readonly { readonly source: string }[], context: z.core.$RefinementCtx): void {
  items.forEach(({ source }, index) => {
    if (items.findIndex((one) => one.source === source) !== index)
      context.addIssue({
        code: 'custom',
        path: [index, 'source'],
        message: `names the source "${source}" again`,
      });
  });
}

export const sources = z.strictObject({
  syslog: z.array(syslogListener, { error: wantedList }).prefault([]).meta({
    description:
      'Syslog listeners: `source`, `listen` (ADDRESS:PORT), `transport` (udp, tcp or tls), `tls` with the files `certificate`, `key` and perhaps `clientCa`, `zone` of times that name none, `maxConnections`. See the guide on sending records.',
    kind: 'list',
  }),
  webhook: z.array(webhook, { error: wantedList }).superRefine(distinct).prefault([]).meta({
    description:
      'Webhooks: `source`, and `mapping` with a CEL expression over `body` for `uid`, `title` and more. See the guide on sending records.',
    kind: 'list',
  }),
});
