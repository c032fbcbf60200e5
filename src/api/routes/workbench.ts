/** The rule workbench over HTTP. */
import { toIso } from '../../base/clock.ts';
import type { RuleEvidence, RuleVersion } from '../../features/detection/types.ts';
import type * as wire from '../contract/workbench.ts';
import { os } from './context.ts';
import { given } from './given.ts';
import type { Services } from './services.ts';
import { endsWith, streamed } from './streams.ts';
import { backtestView, explanationView, isoOrNull, ruleView } from './views.ts';
import type { BacktestStep, TrySubject } from './workbench-services.ts';

export function workbenchHandlers({ rules }: Pick<Services, 'rules'>) {
  return {
    check: os.rules.check.handler(async ({ context, input }) => {
      const { rule, findings } = await rules.check(context.scope, input);
      return {
        rule: rule && { ...rule, logsource: given({ ...rule.logsource }) },
        findings: [...findings],
      };
    }),
    tryOut: os.rules.tryOut.handler(async ({ context, input }) => {
      const { kind, notes, subjects } = await rules.tryOut(context.scope, given(input));
      return { kind, notes: [...notes], subjects: subjects.map(subjectView) };
    }),
    vocabulary: os.rules.vocabulary.handler(async ({ context }) => {
      const words = await rules.vocabulary(context.scope);
      const lists = (of: typeof words.keys) =>
        Object.fromEntries(Object.entries(of).map(([key, list]) => [key, [...list]]));
      return {
        keys: lists(words.keys),
        values: lists(words.values),
        condition: [...words.condition],
        modifiers: words.modifiers.map((one) => ({ ...one, after: [...one.after] })),
        logsources: [...words.logsources],
        tags: [...words.tags],
        names: [...words.names],
      };
    }),
    fields: os.rules.fields.handler(async ({ context, input, signal }) => {
      const { sampled, fields } = await rules.fields(context.scope, given(input), endsWith(context, signal));
      return { sampled, fields: fields.map((one) => ({ ...one, values: [...one.values] })) };
    }),
    create: os.rules.create.handler(async ({ context, input }) =>
      ruleView(await rules.create(context.actor, input)),
    ),
    diff: os.rules.diff.handler(({ input }) => ({ diff: rules.diff(input.before, input.after) })),
    versions: os.rules.versions.handler(async ({ context, input }) => ({
      items: (await rules.versions(context.scope, input.id)).map(versionView),
    })),
    version: os.rules.version.handler(async ({ context, input }) => {
      const found = await rules.version(context.scope, input.id, input.number);
      return { ...versionView(found), source: found.source };
    }),
    testEvidence: os.rules.testEvidence.handler(async ({ context, input }) => {
      const { kind, items } = await rules.testEvidence(context.scope, input.id, input.source);
      return {
        kind,
        items: items.map(({ explanation, rows, passes, ...one }) => ({
          ...evidenceView(one),
          passes,
          explanation: explanationView({ explanation, rows }),
        })),
      };
    }),
    test: os.rules.test.handler(async ({ context, input }) => {
      const report = await rules.testAll(context.scope, input.ids);
      return { ...report, failed: [...report.failed] };
    }),
    addEvidence: os.rules.addEvidence.handler(async ({ context, input }) => {
      const { event: _frozen, ...kept } = await rules.keepEvidence(context.actor, given(input));
      return evidenceView(kept);
    }),
    removeEvidence: os.rules.removeEvidence.handler(async ({ context, input }) => {
      await rules.removeEvidence(context.actor, input.id, input.evidence);
      return { id: input.evidence };
    }),
    backtestStream: os.rules.backtestStream.handler(({ context, input, signal }) =>
      streamed(rules.backtestSteps(context.scope, given(input), endsWith(context, signal)), itemOf, context),
    ),
  };
}

function itemOf(step: BacktestStep): wire.BacktestItem {
  return step.type === 'done' ? { type: step.type, report: backtestView(step.report) } : step;
}

function subjectView({ completes, explanations, time, ...subject }: TrySubject): wire.TrySubject {
  return {
    ...subject,
    time: isoOrNull(time),
    completes: completes.map((one) => ({ ...one, subjects: [...one.subjects] })),
    explanations: explanations.map(({ ruleId, title, ...explained }) => ({
      ruleId,
      title,
      ...explanationView(explained),
    })),
  };
}

function evidenceView(evidence: Omit<RuleEvidence, 'event'>) {
  return { ...evidence, addedAt: toIso(evidence.addedAt) };
}

function versionView({ number, hash, at, actor, message }: RuleVersion): wire.RuleVersion {
  return { number, hash, at: toIso(at), actor: { ...actor }, message };
}
