/** Rules held against their evidence: the events that they have to match, and those that they must not. */
import type { EvidenceOutcome, EvidenceReport, EvidenceTest } from '../api/routes/workbench-services.ts';
import { AppError } from '../base/errors.ts';
import type { RuleEvidence, RulesService } from '../features/detection/index.ts';
import { explainedRows, explainRule, type SigmaEvent, type SigmaRule } from '../lang/sigma/index.ts';
import type { Actor, Scope } from '../model/actor.ts';
import { readPastedEvents } from './pasted-events.ts';
import { type RuleTrialsDeps, refusedBecause, ruleToTry, storedToTry } from './rule-trials.ts';

export interface EvidenceDeps extends RuleTrialsDeps {
  readonly rules: Pick<RulesService, 'get' | 'filters' | 'linked' | 'evidence' | 'addEvidence'>;
}

/** `source` in place of the stored text. Throws E_NOT_FOUND, and E_BAD_REQUEST for what is no rule. */
export async function testEvidence(
  deps: EvidenceDeps,
  scope: Scope,
  id: string,
  source?: string,
): Promise<EvidenceTest> {
  const evidence = await deps.rules.evidence(scope, id);
  const tried = await ruleToTry(deps, scope, id, source);
  // A new terms rule may have a detection of its own; that is what its evidence is about.
  const own = tried.rules.find((rule) => rule.id === tried.id);
  if (own === undefined) return { kind: 'many', items: [] };
  return { kind: 'single', items: evidence.map((one) => held(deps, own, one)) };
}

function held(
  { mappings }: Pick<EvidenceDeps, 'mappings'>,
  rule: SigmaRule,
  { event, ...evidence }: RuleEvidence,
): EvidenceOutcome {
  const explained = explainRule(rule, event, { mappings });
  if (!explained.ok) throw refusedBecause(rule.id, explained.error);
  const { matches, condition } = explained.value;
  const rows = explainedRows(condition);
  return {
    ...evidence,
    passes: matches === (evidence.expect === 'match'),
    explanation: explained.value,
    rows,
  };
}

/** Every rule that has evidence, or those named. */
export async function testAll(
  deps: EvidenceDeps,
  scope: Scope,
  ids: readonly string[] | undefined,
): Promise<EvidenceReport> {
  const wanted = ids?.map((id) => id.toLowerCase());
  const known = await deps.rules.evidence(scope, null);
  const rules = wanted ?? [...new Set(known.map(({ ruleId }) => ruleId))];
  const failed: EvidenceReport['failed'][number][] = [];
  let evidence = 0;
  for (const id of rules) {
    const { title } = await deps.rules.get(scope, id);
    try {
      const { items } = await testEvidence(deps, scope, id);
      evidence += items.length;
      for (const one of items)
        if (!one.passes) failed.push({ ruleId: id, title, expect: one.expect, why: one.why });
    } catch (thrown) {
      // Filters that came since, or a rule that it needs and that is gone.
      if (!(thrown instanceof AppError) || thrown.code !== 'E_BAD_REQUEST') throw thrown;
      failed.push({ ruleId: id, title, expect: 'match', why: thrown.message });
    }
  }
  return { rules: rules.length, evidence, failed };
}

/** Freezes the event as the rule sees it today: a parser that changes does not change the rule's tests. */
export async function keepEvidence(
  deps: EvidenceDeps,
  actor: Actor,
  {
    id,
    expect,
    why,
    record,
    eventId,
  }: {
    readonly id: string;
    readonly expect: RuleEvidence['expect'];
    readonly why: string;
    readonly record?: string;
    readonly eventId?: string;
  },
): Promise<RuleEvidence> {
  if ((record === undefined) === (eventId === undefined))
    throw new AppError('E_BAD_REQUEST', 'give either eventId or record');
  const found =
    eventId === undefined
      ? await pastedOne(deps, actor, id, record ?? '')
      : await storedToTry(deps, actor, eventId);
  const { event, raw, problem } = found;
  if (event === null) throw new AppError('E_BAD_REQUEST', `the record is not read as an event: ${problem}`);
  return await deps.rules.addEvidence(actor, id, { expect, why, record: raw, event });
}

async function pastedOne(
  deps: EvidenceDeps,
  scope: Scope,
  id: string,
  record: string,
): Promise<{ readonly event: SigmaEvent | null; readonly raw: string; readonly problem: string | null }> {
  const { logsource } = await deps.rules.get(scope, id);
  const [one, another] = readPastedEvents(record, logsource);
  if (one === undefined || another !== undefined)
    throw new AppError('E_BAD_REQUEST', 'record: has to be one event');
  return one;
}
