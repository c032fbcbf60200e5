/** Routes for what keeps rules from flooding (states, packs, exceptions, coverage) and for entities. */
import { z } from 'zod';
import {
  AssetImportReport,
  DetectionView,
  Entity,
  ExceptionPreview,
  NeverGroupEntry,
  PackView,
  RuleActivity,
  RuleCoverage,
  RuleException,
  RulePlan,
  RuleState,
} from './queue-schemas.ts';
import { route } from './route.ts';
import { instant, oneOrMany, RuleSummary } from './schemas.ts';

const limit = (max: number, preset: number) => z.coerce.number().int().min(1).max(max).default(preset);
const readRules = { action: 'read', resource: 'rule' } as const;
const manageRules = { action: 'manage', resource: 'rule' } as const;
const readAssets = { action: 'read', resource: 'asset' } as const;
const manageAssets = { action: 'manage', resource: 'asset' } as const;

const packName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'is a short name like sigmahq');

export const ruleTuningRoutes = {
  plan: route({
    method: 'POST',
    path: '/rules/plan',
    tag: 'rules',
    access: manageRules,
    summary: 'What a load would do, with the differences; nothing is changed',
  })
    .input(
      z.object({
        files: z
          .array(z.object({ path: z.string().max(1_000), content: z.string().max(1_000_000) }))
          .max(20_000),
        pack: packName.default('local'),
        state: z.union([RuleState, z.literal('profile')]).default('profile'),
        profile: z.string().default('default'),
        overwrite: z.boolean().default(false),
      }),
    )
    .output(RulePlan),
  prune: route({
    method: 'POST',
    path: '/rules/packs/{pack}/prune',
    tag: 'rules',
    access: manageRules,
    summary: 'Remove the rules of a pack that are not among these ids; edited ones stay',
  })
    .input(
      z.object({
        pack: packName,
        keep: z.array(z.string()).max(50_000),
        dryRun: z.boolean().default(false),
        overwrite: z.boolean().default(false),
      }),
    )
    .output(RulePlan),
  packs: route({
    method: 'GET',
    path: '/rules/packs',
    tag: 'rules',
    access: readRules,
    summary: 'Packs that rules came with',
  }).output(z.object({ items: z.array(PackView) })),
  edit: route({
    method: 'PUT',
    path: '/rules/{id}/source',
    tag: 'rules',
    access: manageRules,
    summary: 'Change the text of a rule here; updates of its pack leave it from then on',
  })
    .input(
      z.object({
        id: z.string(),
        version: z.int(),
        source: z.string().max(1_000_000),
        /** Why, for the list of versions. */
        message: z.string().max(500).optional(),
      }),
    )
    .output(RuleSummary),
  activity: route({
    method: 'GET',
    path: '/rules/{id}/activity',
    tag: 'rules',
    access: readRules,
    summary: 'Detections by day, verdicts, exceptions, history',
  })
    .input(z.object({ id: z.string(), days: limit(400, 30) }))
    .output(RuleActivity),
  detections: route({
    method: 'GET',
    path: '/rules/{id}/detections',
    tag: 'rules',
    access: readRules,
    summary: 'Detections of a rule, newest first, also those that opened no alert',
  })
    .input(z.object({ id: z.string(), limit: limit(500, 100), cursor: z.string().optional() }))
    .output(z.object({ items: z.array(DetectionView), nextCursor: z.string().nullable() })),
  addException: route({
    method: 'POST',
    path: '/rules/{id}/exceptions',
    tag: 'rules',
    access: { action: 'create', resource: 'rule' },
    summary: 'Keep a rule from alerting on events whose fields are as said',
  })
    .input(
      z.object({
        id: z.string(),
        /** As in a Sigma selection: `{"CommandLine|contains": "backup.exe"}`; all must hold. */
        fields: z.record(z.string().min(1), z.unknown()),
        reason: z.string().trim().min(1).max(2_000),
        /** Identity id or `me`. */
        owner: z.string().default('me'),
        expiresAt: instant.nullable().default(null),
      }),
    )
    .output(RuleException),
  previewException: route({
    method: 'POST',
    path: '/rules/{id}/exceptions/preview',
    tag: 'rules',
    access: readRules,
    summary: 'What an exception would have left out of the alerts of the last days; nothing is changed',
  })
    .input(
      z.object({
        id: z.string(),
        fields: z.record(z.string().min(1), z.unknown()),
        days: limit(400, 30),
      }),
    )
    .output(ExceptionPreview),
  removeException: route({
    method: 'DELETE',
    path: '/rules/{id}/exceptions/{exception}',
    tag: 'rules',
    access: { action: 'delete', resource: 'rule' },
    summary: 'End an exception',
  })
    .input(z.object({ id: z.string(), exception: z.string() }))
    .output(z.object({ id: z.string() })),
  coverage: route({
    method: 'GET',
    path: '/rules/coverage',
    tag: 'rules',
    access: readRules,
    summary: 'Rules that can never match here, and logsources that no rule looks at',
  }).output(RuleCoverage),
};

export const assetRoutes = {
  list: route({
    method: 'GET',
    path: '/assets',
    tag: 'assets',
    access: readAssets,
    summary: 'Hosts and users, imported or seen, by name',
  })
    .input(
      z.object({
        kind: oneOrMany(z.enum(['host', 'user', 'ip'])),
        /** Part of a name, alias, owner or role. */
        text: z.string().max(200).optional(),
        imported: z.preprocess(
          (v) => (v === 'true' ? true : v === 'false' ? false : v),
          z.boolean().optional(),
        ),
        limit: limit(500, 100),
        cursor: z.string().optional(),
      }),
    )
    .output(z.object({ items: z.array(Entity), total: z.int(), nextCursor: z.string().nullable() })),
  get: route({
    method: 'GET',
    path: '/assets/{kind}/{id}',
    tag: 'assets',
    access: readAssets,
    summary: 'One host, user or address by any of its names',
  })
    .input(z.object({ kind: z.enum(['host', 'user', 'ip']), id: z.string() }))
    .output(Entity),
  import: route({
    method: 'POST',
    path: '/assets/import',
    tag: 'assets',
    access: manageAssets,
    summary: 'Assets or identities from CSV; a row that is wrong is refused by itself',
  })
    .input(z.object({ kind: z.enum(['host', 'user']), csv: z.string().max(20_000_000) }))
    .output(AssetImportReport),
  neverGroup: route({
    method: 'GET',
    path: '/assets/never-group',
    tag: 'assets',
    access: readAssets,
    summary: 'Values that never make alerts belong together',
  }).output(z.object({ items: z.array(NeverGroupEntry) })),
  addNeverGroup: route({
    method: 'POST',
    path: '/assets/never-group',
    tag: 'assets',
    access: manageAssets,
    summary: 'Add one: a name with `*`, an address or a range',
  })
    .input(
      z.object({
        kind: z.enum(['host', 'user', 'ip']),
        pattern: z.string().trim().min(1).max(255),
        reason: z.string().trim().min(1).max(500),
      }),
    )
    .output(NeverGroupEntry),
  removeNeverGroup: route({
    method: 'DELETE',
    path: '/assets/never-group/{id}',
    tag: 'assets',
    access: manageAssets,
    summary: 'Take one out that was added here',
  })
    .input(z.object({ id: z.string() }))
    .output(z.object({ id: z.string() })),
};
