/** The route table: every operation of the service, with its schemas and its access. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { healthRoutes } from './health.ts';
import { huntInput, huntRoutes } from './hunts.ts';
import { alertQueueRoutes, incidentRoutes, queueRoutes } from './queue.ts';
import { RuleState } from './queue-schemas.ts';
import { route } from './route.ts';
import {
  AlertCounts,
  AlertDetail,
  AlertStatus,
  AlertSummary,
  AuditEntry,
  BacktestReport,
  EventDetail,
  EventView,
  instant,
  LiveEvent,
  Me,
  oneOrMany,
  RuleDocument,
  RuleExplanation,
  RuleLoadReport,
  RuleSummary,
  Severity,
  SourceView,
  Verdict,
} from './schemas.ts';
import { assetRoutes, ruleTuningRoutes } from './tuning.ts';
import { workbenchRoutes } from './workbench.ts';

const limit = (max: number, preset: number) => z.coerce.number().int().min(1).max(max).default(preset);

/** A change to an alert names the version it was made on; another version is E_CONFLICT with the current alert in `data`. */
const change = { id: z.string(), version: z.int() };

export const contract = {
  session: {
    signIn: route({
      method: 'POST',
      path: '/session',
      tag: 'session',
      access: 'public',
      summary: 'Trade a one-time link for a session cookie',
    })
      .input(z.object({ token: z.string().min(1) }))
      .output(Me),
    me: route({
      method: 'GET',
      path: '/session',
      tag: 'session',
      access: { action: 'read', resource: 'session' },
      summary: 'Who am I',
    }).output(Me),
    signOut: route({
      method: 'DELETE',
      path: '/session',
      tag: 'session',
      access: { action: 'delete', resource: 'session' },
      summary: 'End this session',
    }).output(z.object({ ok: z.literal(true) })),
    /** People who can own an alert. */
    people: route({
      method: 'GET',
      path: '/people',
      tag: 'session',
      access: { action: 'read', resource: 'session' },
      summary: 'People who can own an alert',
    }).output(z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) })),
  },
  alerts: {
    list: route({
      method: 'GET',
      path: '/alerts',
      tag: 'alerts',
      access: { action: 'read', resource: 'alert' },
      summary: 'Alerts by severity, then newest first',
    })
      .input(
        z.object({
          status: oneOrMany(AlertStatus),
          severity: oneOrMany(Severity),
          /** Identity id, `me`, or `none` for unowned. */
          owner: oneOrMany(z.string()),
          ruleId: z.string().optional(),
          /** Substring of title, host or user. */
          text: z.string().max(200).optional(),
          limit: limit(500, 100),
          cursor: z.string().optional(),
        }),
      )
      .output(
        z.object({
          items: z.array(AlertSummary),
          total: z.int(),
          counts: AlertCounts,
          nextCursor: z.string().nullable(),
        }),
      ),
    get: route({
      method: 'GET',
      path: '/alerts/{id}',
      tag: 'alerts',
      access: { action: 'read', resource: 'alert' },
      summary: 'One alert with its evidence and history (id or display key)',
    })
      .input(z.object({ id: z.string() }))
      .output(AlertDetail),
    assign: route({
      method: 'POST',
      path: '/alerts/{id}/assign',
      tag: 'alerts',
      access: { action: 'update', resource: 'alert' },
      summary: 'Give it an owner (`me` or an identity id), or null for none',
    })
      .input(z.object({ ...change, owner: z.string().nullable() }))
      .output(AlertSummary),
    comment: route({
      method: 'POST',
      path: '/alerts/{id}/comments',
      tag: 'alerts',
      access: { action: 'update', resource: 'alert' },
      summary: 'Add a comment',
    })
      .input(z.object({ id: z.string(), text: z.string().trim().min(1).max(20_000) }))
      .output(AlertSummary),
    close: route({
      method: 'POST',
      path: '/alerts/{id}/close',
      tag: 'alerts',
      access: { action: 'update', resource: 'alert' },
      summary: 'Close with a verdict',
    })
      .input(z.object({ ...change, verdict: Verdict, reason: z.string().trim().max(2_000).optional() }))
      .output(AlertSummary),
    reopen: route({
      method: 'POST',
      path: '/alerts/{id}/reopen',
      tag: 'alerts',
      access: { action: 'update', resource: 'alert' },
      summary: 'Open a closed alert again; its verdict is withdrawn',
    })
      .input(z.object({ ...change, reason: z.string().trim().max(2_000).optional() }))
      .output(AlertSummary),
    live: route({
      method: 'GET',
      path: '/alerts/live',
      tag: 'alerts',
      access: { action: 'read', resource: 'alert' },
      summary: 'Server-sent events: what was created or changed',
    }).output(eventIterator(LiveEvent)),
    ...alertQueueRoutes,
  },
  queue: queueRoutes,
  incidents: incidentRoutes,
  events: {
    search: route({
      method: 'GET',
      path: '/events',
      tag: 'events',
      access: { action: 'read', resource: 'event' },
      summary: 'Stored events, newest event time first',
    })
      .input(
        z.object({
          ...huntInput,
          source: z.string().optional(),
          host: z.string().optional(),
          user: z.string().optional(),
          text: z.string().max(1_000).optional(),
          /** `NAME=VALUE`: one of the vendor's own fields, with or without a column; letters in either case. */
          field: z
            .string()
            .max(2_000)
            .regex(/^[^=]+=.+$/s, 'is NAME=VALUE')
            .optional(),
          unparsed: z.preprocess(
            (v) => (v === 'true' ? true : v === 'false' ? false : v),
            z.boolean().optional(),
          ),
          limit: limit(10_000, 100),
        }),
      )
      .output(z.object({ items: z.array(EventView) })),
    get: route({
      method: 'GET',
      path: '/events/{id}',
      tag: 'events',
      access: { action: 'read', resource: 'event' },
      summary: 'One event as raw, native and OCSF',
    })
      .input(z.object({ id: z.string() }))
      .output(EventDetail),
    ...huntRoutes,
  },
  rules: {
    list: route({
      method: 'GET',
      path: '/rules',
      tag: 'rules',
      access: { action: 'read', resource: 'rule' },
      summary: 'Loaded rules by title',
    })
      .input(
        z.object({
          text: z.string().max(200).optional(),
          state: RuleState.optional(),
          pack: z.string().optional(),
          flooding: z.preprocess(
            (v) => (v === 'true' ? true : v === 'false' ? false : v),
            z.boolean().optional(),
          ),
          /** Those that alert or observe. */
          active: z.preprocess(
            (v) => (v === 'true' ? true : v === 'false' ? false : v),
            z.boolean().optional(),
          ),
          /** `product/service/category`, each empty where the rule names none: `windows//process_creation`. */
          logsource: z
            .string()
            .max(300)
            .regex(/^[^/]*\/[^/]*\/[^/]*$/, 'is product/service/category')
            .optional(),
          limit: limit(10_000, 1_000),
        }),
      )
      .output(z.object({ items: z.array(RuleSummary), total: z.int() })),
    get: route({
      method: 'GET',
      path: '/rules/{id}',
      tag: 'rules',
      access: { action: 'read', resource: 'rule' },
      summary: 'One rule with its source',
    })
      .input(z.object({ id: z.string() }))
      .output(RuleDocument),
    load: route({
      method: 'POST',
      path: '/rules',
      tag: 'rules',
      access: { action: 'manage', resource: 'rule' },
      summary: 'Add or change rules from YAML documents',
    })
      .input(
        z.object({
          files: z
            .array(z.object({ path: z.string().max(1_000), content: z.string().max(1_000_000) }))
            .max(20_000),
          /** State of rules that are new, or `profile`: by their status and level. A known rule keeps its own. */
          state: z.union([RuleState, z.literal('profile')]).default('profile'),
          profile: z.string().default('default'),
          /** The name under which they belong together. */
          pack: z
            .string()
            .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'is a short name like sigmahq')
            .default('local'),
          /** Also over texts that were edited here. */
          overwrite: z.boolean().default(false),
        }),
      )
      .output(RuleLoadReport),
    setState: route({
      method: 'POST',
      path: '/rules/{id}/state',
      tag: 'rules',
      access: { action: 'manage', resource: 'rule' },
      summary: 'Turn a rule off, let it observe, or let it alert',
    })
      .input(z.object({ ...change, state: RuleState }))
      .output(RuleSummary),
    ...ruleTuningRoutes,
    ...workbenchRoutes,
    explain: route({
      method: 'POST',
      path: '/rules/{id}/explain',
      tag: 'rules',
      access: { action: 'read', resource: 'rule' },
      summary: 'Why a rule matches an event, or does not: a stored event, or a pasted one',
    })
      .input(
        z.object({
          id: z.string(),
          /** Id of a stored event … */
          eventId: z.string().optional(),
          /** … or a record as a source would send it. */
          record: z.string().max(1_000_000).optional(),
          /** The document to try in place of the stored one, as when it is being written. */
          source: z.string().max(1_000_000).optional(),
        }),
      )
      .output(RuleExplanation),
    backtest: route({
      method: 'POST',
      path: '/rules/{id}/backtest',
      tag: 'rules',
      access: { action: 'manage', resource: 'rule' },
      summary: 'What a rule would have matched among the stored events; ends when the request does',
    })
      .input(
        z.object({
          id: z.string(),
          /** Of event time, back from now. */
          days: z.int().min(1).max(400).default(7),
          /** The document to try in place of the stored one. */
          source: z.string().max(1_000_000).optional(),
        }),
      )
      .output(BacktestReport),
  },
  assets: assetRoutes,
  sources: {
    list: route({
      method: 'GET',
      path: '/sources',
      tag: 'sources',
      access: { action: 'read', resource: 'source' },
      summary: 'Sources that may send',
    }).output(z.object({ items: z.array(SourceView) })),
    create: route({
      method: 'POST',
      path: '/sources',
      tag: 'sources',
      access: { action: 'manage', resource: 'source' },
      summary: 'Add a source; its token is shown this once',
    })
      .input(
        z.object({
          id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
          description: z.string().max(500).default(''),
        }),
      )
      .output(SourceView.extend({ token: z.string() })),
    ...healthRoutes,
  },
  audit: {
    list: route({
      method: 'GET',
      path: '/audit',
      tag: 'audit',
      access: { action: 'read', resource: 'audit' },
      summary: 'Audit entries, newest first',
    })
      .input(
        z.object({
          resource: z.string().optional(),
          resourceId: z.string().optional(),
          limit: limit(1_000, 100),
          cursor: z.string().optional(),
        }),
      )
      .output(z.object({ items: z.array(AuditEntry), nextCursor: z.string().nullable() })),
  },
  system: {
    status: route({
      method: 'GET',
      path: '/system/status',
      tag: 'system',
      access: { action: 'read', resource: 'system' },
      summary: 'Stores, sequence, lag of the consumers',
    }).output(
      z.object({
        version: z.string(),
        startedAt: instant,
        events: z.object({ rows: z.int(), bytesOnDisk: z.int(), days: z.int(), lastSeq: z.int() }),
        records: z.object({ bytes: z.int() }),
        consumers: z.array(z.object({ name: z.string(), seq: z.int(), lag: z.int() })),
        rules: z.object({ active: z.int(), off: z.int() }),
        intake: z.record(z.string(), z.int()),
      }),
    ),
    backup: route({
      method: 'POST',
      path: '/system/backup',
      tag: 'system',
      access: { action: 'manage', resource: 'system' },
      summary: "Write a consistent backup to a new directory on the service's machine",
    })
      .input(z.object({ directory: z.string().min(1) }))
      .output(
        z.object({
          directory: z.string(),
          events: z.int(),
          upToSeq: z.int(),
          records: z.int(),
          bytes: z.int(),
        }),
      ),
    signInLink: route({
      method: 'POST',
      path: '/system/sign-in-links',
      tag: 'system',
      access: { action: 'manage', resource: 'system' },
      summary: 'A new one-time link to sign in as the administrator, good for 15 minutes',
    }).output(z.object({ url: z.string(), expiresAt: instant })),
    holds: route({
      method: 'GET',
      path: '/system/holds',
      tag: 'system',
      access: { action: 'read', resource: 'system' },
      summary: 'Legal holds',
    }).output(
      z.object({
        items: z.array(
          z.object({
            id: z.string(),
            reason: z.string(),
            fromDay: z.string(),
            toDay: z.string(),
            createdBy: z.string(),
            createdAt: instant,
            releasedAt: instant.nullable(),
          }),
        ),
      }),
    ),
    hold: route({
      method: 'POST',
      path: '/system/holds',
      tag: 'system',
      access: { action: 'manage', resource: 'system' },
      summary: 'Hold events received on these UTC days; expiry leaves them',
    })
      .input(
        z.object({ reason: z.string().trim().min(1).max(2_000), fromDay: z.iso.date(), toDay: z.iso.date() }),
      )
      .output(z.object({ id: z.string() })),
    releaseHold: route({
      method: 'DELETE',
      path: '/system/holds/{id}',
      tag: 'system',
      access: { action: 'manage', resource: 'system' },
      summary: 'Release a legal hold',
    })
      .input(z.object({ id: z.string() }))
      .output(z.object({ id: z.string() })),
  },
};

export type Contract = typeof contract;
