/** Rules tried on events that are at hand: why one matches a stored or a pasted event, or does not. */
import type { ExplainQuery, RuleExplanation } from '../api/routes/services.ts';
import type { Instant } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { RulesService } from '../features/detection/index.ts';
import {
  explainedRows,
  explainRule,
  type FilterReading,
  type LogsourceMappings,
  parseSigma,
  resolveRules,
  type SigmaEvent,
  type SigmaRule,
  type StatefulRule,
} from '../lang/sigma/index.ts';
import type { Scope } from '../model/actor.ts';
import type { ContextId, EventId } from '../model/ids.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { Parser } from '../plugins/define.ts';
import type { EventStore } from '../store/events.ts';
import { readPastedEvent } from './pasted-event.ts';

export interface RuleTrialsDeps {
  readonly rules: Pick<RulesService, 'get' | 'filters' | 'linked'>;
  readonly events: Pick<EventStore, 'get'>;
  readonly contexts: Pick<Contexts, 'get'>;
  readonly parsers: readonly Parser[];
  readonly mappings: LogsourceMappings;
  readonly filterReading: FilterReading;
}

/** A rule as the pipeline would have it, with the filters that are on. */
export interface TriedRule {
  readonly id: string;
  readonly title: string;
  /** What looks at single events: the rule itself, or the rules that feed it. */
  readonly rules: readonly SigmaRule[];
  /** Of a rule over many events: the rule, after those that feed it; else empty. */
  readonly stateful: readonly StatefulRule[];
}

/** Throws E_NOT_FOUND for the rule or the event, E_BAD_REQUEST for what can not be explained. */
export async function explainOne(
  deps: RuleTrialsDeps,
  scope: Scope,
  query: ExplainQuery,
): Promise<RuleExplanation> {
  const { rules } = await ruleToTry(deps, scope, query.id, query.source);
  const [rule, another] = rules;
  if (rule === undefined || another !== undefined) {
    throw new AppError(
      'E_BAD_REQUEST',
      'it looks at no event by itself: explain the rules that it refers to',
    );
  }
  const event = await eventOf(deps, scope, query);
  const explained = explainRule(rule, event, { mappings: deps.mappings });
  if (!explained.ok) throw refusedBecause(query.id, explained.error);
  return { explanation: explained.value, rows: explainedRows(explained.value.condition) };
}

/** Throws E_NOT_FOUND, and E_BAD_REQUEST for what is no rule or refers to what is not there. */
export async function ruleToTry(
  { rules, filterReading }: Pick<RuleTrialsDeps, 'rules' | 'filterReading'>,
  scope: Scope,
  id: string,
  source?: string,
): Promise<TriedRule> {
  const content = source ?? (await rules.get(scope, id)).source;
  const { own, all } = await rules.linked(scope.tenant, { path: id, content });
  const filters = (await rules.filters(scope.tenant)).flatMap(
    (file) => parseSigma(file.content, file.path).filters,
  );
  const resolved = resolveRules({ ...all, filters }, filterReading);
  const [document] = [...own.documents, ...own.correlations, ...own.newTerms];
  const refusal = own.refused[0] ?? resolved.refused.find((one) => one.id === document?.id);
  if (refusal !== undefined) throw refusedBecause(id, refusal);
  if (document === undefined)
    throw new AppError('E_BAD_REQUEST', 'the document is a filter: try the rules that it is for');
  const { title } = document;
  // Stored documents may have come along that only look as if they were meant.
  const fed = feeding(document.id, resolved.stateful);
  return {
    id: document.id,
    title,
    rules: resolved.rules.filter((rule) => fed.has(rule.id)),
    stateful: resolved.stateful
      .filter((one) => fed.has(one.document.id))
      .map((one) => (one.document.id === document.id ? { ...one, quiet: false } : one)),
  };
}

/** The rule and everything that feeds it, by id. */
function feeding(id: string, stateful: readonly StatefulRule[]): ReadonlySet<string> {
  const found = new Set([id]);
  for (const { document, inputs } of stateful.toReversed()) {
    if (found.has(document.id)) for (const input of inputs) found.add(input.id);
  }
  return found;
}

export function refusedBecause(
  id: string,
  { line, reason }: { readonly line: number; readonly reason: string },
): AppError {
  return new AppError('E_BAD_REQUEST', `the rule can not be tried: line ${line}: ${reason}`, { id });
}

async function eventOf(deps: RuleTrialsDeps, scope: Scope, query: ExplainQuery): Promise<SigmaEvent> {
  const { eventId, record } = query;
  if ((eventId === undefined) === (record === undefined)) {
    throw new AppError('E_BAD_REQUEST', 'give either eventId or record');
  }
  if (record !== undefined) return readPastedEvent(record);
  const { event, problem } = await storedToTry(deps, scope, eventId ?? '');
  if (event === null) throw new AppError('E_BAD_REQUEST', `the record is not read as an event: ${problem}`);
  return event;
}

/** Throws E_NOT_FOUND. */
export async function storedToTry(
  deps: Pick<RuleTrialsDeps, 'events' | 'contexts' | 'parsers'>,
  scope: Scope,
  id: string,
): Promise<{
  readonly raw: string;
  readonly time: Instant;
  readonly event: SigmaEvent | null;
  readonly problem: string | null;
}> {
  const stored = /^[0-9a-f]{32}$/.test(id) ? await deps.events.get(scope.tenant, id as EventId) : null;
  if (stored === null) throw new AppError('E_NOT_FOUND', `no event ${id}`);
  const context = await deps.contexts.get(scope.tenant, stored.context as ContextId);
  const outcome = parseRecord(stored.raw, context, deps.parsers);
  const { raw, time } = stored;
  if (outcome.kind !== 'event') return { raw, time, event: null, problem: outcome.reason };
  const { native, logsource } = outcome.event;
  return { raw, time, event: { fields: native, logsource }, problem: null };
}
