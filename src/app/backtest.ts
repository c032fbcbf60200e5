/** A rule over events that are stored: what it would have matched, for whom and when, before it is turned on. */
import { setImmediate } from 'node:timers/promises';
import type { BacktestQuery, BacktestReport } from '../api/routes/services.ts';
import { type Clock, toIso } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { entityOf } from '../features/alerts/index.ts';
import { type CompiledRule, compileRule, sqlCondition } from '../lang/sigma/index.ts';
import type { Scope } from '../model/actor.ts';
import type { SourceId } from '../model/ids.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { EventStore, StoredEvent } from '../store/events.ts';
import { type RuleTrialsDeps, ruleInForce } from './rule-trials.ts';
import { verbatimParsers } from './verbatim.ts';

export interface BacktestDeps
  extends Pick<RuleTrialsDeps, 'rules' | 'parsers' | 'mappings' | 'filterReading'> {
  readonly events: Pick<EventStore, 'scan'>;
  readonly contexts: Pick<Contexts, 'all'>;
  readonly clock: Clock;
}

const dayMs = 86_400_000;
const samplesShown = 20;
const entitiesShown = 50;
/** Beyond it entities are counted as one, so that a rule that matches everything stays bounded. */
const mostEntities = 100_000;
/** Candidates between two turns of the event loop. */
const turn = 200;

/**
 * Goes back day by day of event time, each day one query: candidates by the rule's superset in SQL,
 * confirmed by the engine. Aborting the signal ends it with an AbortError. Throws E_NOT_FOUND for the rule,
 * E_BAD_REQUEST for one that looks at no event by itself, E_TOO_LARGE for a day beyond the store's caps.
 */
export async function backtest(
  deps: BacktestDeps,
  scope: Scope,
  query: BacktestQuery,
  signal: AbortSignal,
): Promise<BacktestReport> {
  const began = deps.clock.now();
  const rule = await ruleInForce(deps, scope, query.id, query.source);
  const { mappings } = deps;
  const compiled = compileRule(rule, { mappings });
  const condition = sqlCondition(rule, { mappings, verbatim: verbatimParsers });
  if (!compiled.ok || !condition.ok) {
    const reason = compiled.ok ? '' : compiled.error.reason;
    throw new AppError('E_BAD_REQUEST', `the rule can not be tried: ${reason}`, { id: query.id });
  }
  const contexts = await deps.contexts.all(scope.tenant);
  const counts = new Counts();
  const to = began;
  const from = to - query.days * dayMs;
  let candidates = 0;
  for (let end = to; end > from; end -= dayMs) {
    const range = { tenant: scope.tenant, from: Math.max(from, end - dayMs), to: end };
    for await (const event of deps.events.scan({ ...range, condition: condition.value }, signal)) {
      candidates += 1;
      if (candidates % turn === 0) await setImmediate();
      const context = contexts.get(event.context);
      if (context !== undefined && confirms(compiled.value, parseRecord(event.raw, context, deps.parsers))) {
        counts.add(event);
      }
    }
  }
  return {
    ruleId: query.id,
    title: rule.title,
    from,
    to,
    candidates,
    ...counts.report(),
    durationMs: deps.clock.now() - began,
  };
}

function confirms(rule: CompiledRule, outcome: ReturnType<typeof parseRecord>): boolean {
  if (outcome.kind !== 'event') return false;
  const { native, logsource } = outcome.event;
  return rule.matches({ fields: native, logsource });
}

/** Counts matches by day and by entity, and keeps the newest ones. */
class Counts {
  #matches = 0;
  readonly #days = new Map<string, number>();
  readonly #entities = new Map<string, { kind: 'host' | 'user' | 'source'; name: string; matches: number }>();
  readonly #samples: { eventId: string; time: number; host: string; user: string }[] = [];

  add(event: StoredEvent): void {
    this.#matches += 1;
    const day = toIso(event.time).slice(0, 10);
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    this.#addEntity(event);
    this.#samples.push({ eventId: event.event_id, time: event.time, host: event.host, user: event.user });
    if (this.#samples.length > samplesShown) {
      this.#samples.sort((a, b) => b.time - a.time);
      this.#samples.length = samplesShown;
    }
  }

  /** What an alert would be about: as detections fold (ADR 8). */
  #addEntity({ host, user, source }: StoredEvent): void {
    const { kind, name } = entityOf({ host, user, source: source as SourceId });
    const key = `${kind} ${name}`;
    const known = this.#entities.get(key);
    if (known !== undefined) known.matches += 1;
    else if (this.#entities.size < mostEntities) this.#entities.set(key, { kind, name, matches: 1 });
  }

  report(): Pick<BacktestReport, 'matches' | 'alerts' | 'byDay' | 'byEntity' | 'samples'> {
    return {
      matches: this.#matches,
      alerts: this.#entities.size,
      byDay: [...this.#days]
        .map(([day, matches]) => ({ day, matches }))
        .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      byEntity: [...this.#entities.values()]
        .toSorted((a, b) => b.matches - a.matches || (a.name < b.name ? -1 : 1))
        .slice(0, entitiesShown),
      samples: this.#samples.toSorted((a, b) => b.time - a.time),
    };
  }
}
