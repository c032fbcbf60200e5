/** Rules tried on events that are at hand: why one matches a stored or a pasted event, or does not. */
import type { ExplainQuery, RuleExplanation } from '../api/routes/services.ts';
import { AppError } from '../base/errors.ts';
import type { RulesService } from '../features/detection/index.ts';
import {
  applyFilters,
  explainedRows,
  explainRule,
  type FilterReading,
  type LogsourceMappings,
  parseSigma,
  type SigmaEvent,
  type SigmaRule,
} from '../lang/sigma/index.ts';
import type { Scope } from '../model/actor.ts';
import type { ContextId, EventId } from '../model/ids.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { Parser } from '../plugins/define.ts';
import type { EventStore } from '../store/events.ts';
import { readPastedEvent } from './pasted-event.ts';

export interface RuleTrialsDeps {
  readonly rules: Pick<RulesService, 'get' | 'filters'>;
  readonly events: Pick<EventStore, 'get'>;
  readonly contexts: Pick<Contexts, 'get'>;
  readonly parsers: readonly Parser[];
  readonly mappings: LogsourceMappings;
  readonly filterReading: FilterReading;
}

/** Throws E_NOT_FOUND for the rule or the event, E_BAD_REQUEST for what can not be explained. */
export async function explainOne(
  deps: RuleTrialsDeps,
  scope: Scope,
  query: ExplainQuery,
): Promise<RuleExplanation> {
  const rule = await ruleInForce(deps, scope, query.id, query.source);
  const event = await eventOf(deps, scope, query);
  const explained = explainRule(rule, event, { mappings: deps.mappings });
  if (!explained.ok)
    throw new AppError('E_BAD_REQUEST', `line ${explained.error.line}: ${explained.error.reason}`);
  return { explanation: explained.value, rows: explainedRows(explained.value.condition) };
}

/** The detection rule with the filters that are on, as the pipeline evaluates it. */
export async function ruleInForce(
  { rules, filterReading }: Pick<RuleTrialsDeps, 'rules' | 'filterReading'>,
  scope: Scope,
  id: string,
  source?: string,
): Promise<SigmaRule> {
  const text = source ?? (await rules.get(scope, id)).source;
  const { documents, newTerms, refused } = parseSigma(text, id);
  const rule = documents[0] ?? newTerms[0]?.own;
  if (rule === undefined || rule === null) {
    const [refusal] = refused;
    const reason =
      refusal === undefined
        ? 'it looks at no event by itself: try the rules that it refers to'
        : `line ${refusal.line}: ${refusal.reason}`;
    throw new AppError('E_BAD_REQUEST', `the rule can not be tried on events: ${reason}`, { id });
  }
  const filters = (await rules.filters(scope.tenant)).flatMap(
    ({ content, path }) => parseSigma(content, path).filters,
  );
  return applyFilters(rule, filters, filterReading);
}

async function eventOf(deps: RuleTrialsDeps, scope: Scope, query: ExplainQuery): Promise<SigmaEvent> {
  const { eventId, record } = query;
  if ((eventId === undefined) === (record === undefined)) {
    throw new AppError('E_BAD_REQUEST', 'give either eventId or record');
  }
  if (record !== undefined) return readPastedEvent(record);
  const id = eventId ?? '';
  const stored = /^[0-9a-f]{32}$/.test(id) ? await deps.events.get(scope.tenant, id as EventId) : null;
  if (stored === null) throw new AppError('E_NOT_FOUND', `no event ${id}`);
  const context = await deps.contexts.get(scope.tenant, stored.context as ContextId);
  const outcome = parseRecord(stored.raw, context, deps.parsers);
  if (outcome.kind !== 'event') {
    throw new AppError('E_BAD_REQUEST', `the record is not read as an event: ${outcome.reason}`);
  }
  return { fields: outcome.event.native, logsource: outcome.event.logsource };
}
