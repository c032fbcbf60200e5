/** Rules, packs, exceptions and coverage over HTTP. */
import { toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { RulePlan } from '../../features/detection/types.ts';
import type { RuleException } from '../../model/rule.ts';
import { open, os } from './context.ts';
import { given } from './given.ts';
import type { Services } from './services.ts';
import { endsWith } from './streams.ts';
import {
  backtestView,
  explanationView,
  isoOrNull,
  refusedView,
  ruleDocumentView,
  ruleView,
} from './views.ts';
import { workbenchHandlers } from './workbench.ts';

export function ruleRoutes({ rules, owner }: Pick<Services, 'rules' | 'owner'>) {
  return open.rules.router({
    ...workbenchHandlers({ rules }),
    list: os.rules.list.handler(async ({ context, input }) => {
      const { items, total } = await rules.list(context.scope, given(input));
      return { items: items.map(ruleView), total };
    }),
    get: os.rules.get.handler(async ({ context, input }) =>
      ruleDocumentView(await rules.get(context.scope, input.id)),
    ),
    load: os.rules.load.handler(async ({ context, input }) => {
      const { files, ...options } = input;
      const report = await rules.load(context.actor, files, options);
      return {
        ...report,
        states: { ...report.states },
        ids: [...report.ids],
        refused: report.refused.map(refusedView),
        warnings: report.warnings.map(refusedView),
      };
    }),
    plan: os.rules.plan.handler(async ({ context, input }) => {
      const { files, ...options } = input;
      return planView(await rules.plan(context.scope, files, options));
    }),
    prune: os.rules.prune.handler(async ({ context, input }) =>
      planView(await rules.prune(context.actor, input.pack, input.keep, input)),
    ),
    packs: os.rules.packs.handler(async ({ context }) => ({
      items: (await rules.packs(context.scope)).map((pack) => ({
        ...pack,
        states: { ...pack.states },
        loadedAt: toIso(pack.loadedAt),
      })),
    })),
    explain: os.rules.explain.handler(async ({ context, input }) =>
      explanationView(await rules.explain(context.scope, given(input))),
    ),
    backtest: os.rules.backtest.handler(async ({ context, input, signal }) => {
      return backtestView(await rules.backtest(context.scope, given(input), endsWith(context, signal)));
    }),
    setState: os.rules.setState.handler(async ({ context, input }) =>
      ruleView(await rules.setState(context.actor, input.id, input.version, input.state)),
    ),
    edit: os.rules.edit.handler(async ({ context, input }) =>
      ruleView(await rules.edit(context.actor, input.id, input.version, input.source, input.message)),
    ),
    activity: os.rules.activity.handler(async ({ context, input }) => {
      const activity = await rules.activity(context.scope, input.id, input.days);
      return {
        ...activity,
        days: [...activity.days],
        verdicts: { ...activity.verdicts },
        exceptions: activity.exceptions.map(exceptionView),
        history: activity.history.map((entry) => ({
          ...entry,
          at: toIso(entry.at),
          data: { ...entry.data },
        })),
      };
    }),
    detections: os.rules.detections.handler(async ({ context, input }) => {
      const { items, nextCursor } = await rules.detections(
        context.scope,
        input.id,
        input.limit,
        input.cursor,
      );
      return { items: items.map((one) => ({ ...one, eventTime: toIso(one.eventTime) })), nextCursor };
    }),
    addException: os.rules.addException.handler(async ({ context, input }) => {
      const found = await owner(context.actor, input.owner);
      if (found === null) throw new AppError('E_BAD_REQUEST', `owner: nobody here has the id ${input.owner}`);
      const exception = await rules.addException(context.actor, input.id, {
        fields: input.fields,
        reason: input.reason,
        ownerId: found.id,
        ownerName: found.name,
        expiresAt: input.expiresAt === null ? null : Date.parse(input.expiresAt),
      });
      return exceptionView(exception);
    }),
    previewException: os.rules.previewException.handler(async ({ context, input }) => {
      const { id, ...asked } = input;
      const preview = await rules.previewException(context.scope, id, asked);
      return { ...preview, examples: [...preview.examples] };
    }),
    removeException: os.rules.removeException.handler(async ({ context, input }) => {
      await rules.removeException(context.actor, input.id, input.exception);
      return { id: input.exception };
    }),
    coverage: os.rules.coverage.handler(async ({ context }) => {
      const { fromDay, neverFire, withoutRules } = await rules.coverage(context.scope);
      return {
        fromDay,
        neverFire: neverFire.map((one) => ({
          ...one,
          logsource: logsourceView(one.logsource),
          examples: [...one.examples],
        })),
        withoutRules: withoutRules.map((one) => ({
          ...one,
          services: [...one.services],
          categories: [...one.categories],
        })),
      };
    }),
  });
}

function planView(plan: RulePlan) {
  return {
    ...plan,
    refused: plan.refused.map(refusedView),
    warnings: plan.warnings.map(refusedView),
    rules: [...plan.rules],
    ids: [...plan.ids],
    states: { ...plan.states },
  };
}

function exceptionView(exception: RuleException) {
  return {
    ...exception,
    fields: { ...exception.fields },
    createdAt: toIso(exception.createdAt),
    expiresAt: isoOrNull(exception.expiresAt),
  };
}

function logsourceView({ product, service, category }: Readonly<Record<string, string>>) {
  return given({ product, service, category });
}
