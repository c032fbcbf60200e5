/** A rule over events that are stored: what it would have matched, for whom and when, before it is turned on. */
import { setImmediate } from 'node:timers/promises';
import type { BacktestQuery, BacktestReport } from '../api/routes/services.ts';
import type { BacktestStep } from '../api/routes/workbench-services.ts';
import type { Clock, Instant } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import {
  type CompiledRule,
  type Correlator,
  compileRule,
  createCorrelator,
  either,
  eventReader,
  feedsOf,
  nothing,
  type Observation,
  observe,
  type SigmaEvent,
  type SqlBounds,
  type SqlCondition,
  sqlBounds,
} from '../lang/sigma/index.ts';
import type { Scope } from '../model/actor.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { EventStore, StoredEvent } from '../store/events.ts';
import { createCounting, entityOf } from './backtest-counting.ts';
import { BacktestCounts } from './backtest-counts.ts';
import { type RuleTrialsDeps, refusedBecause, ruleToTry, type TriedRule } from './rule-trials.ts';
import { verbatimParsers } from './verbatim.ts';

export interface BacktestDeps
  extends Pick<RuleTrialsDeps, 'rules' | 'parsers' | 'mappings' | 'filterReading'> {
  readonly events: Pick<EventStore, 'scan' | 'tally' | 'newest' | 'histogram'>;
  readonly contexts: Pick<Contexts, 'all'>;
  readonly clock: Clock;
}

const dayMs = 86_400_000;
/** Candidates between two turns of the event loop. */
const turn = 200;
/** Candidates between two words about how far it is. */
const told = 5_000;
/** Matches of the rules that feed a correlation, of one day: they are put in order in memory. */
const mostADay = 500_000;

/**
 * Goes through the days of event time, oldest first: what SQL is certain of is counted in the store, the other
 * candidates are confirmed by the engine (ADR 12, 23). Aborting the signal ends it with an AbortError. Throws
 * E_NOT_FOUND for the rule, E_BAD_REQUEST for one that can not be tried, E_TOO_LARGE for a day beyond the store's caps.
 */
export async function backtest(
  deps: BacktestDeps,
  scope: Scope,
  query: BacktestQuery,
  signal: AbortSignal,
): Promise<BacktestReport> {
  let report: BacktestReport | null = null;
  for await (const step of backtestSteps(deps, scope, query, signal)) {
    if (step.type === 'done') ({ report } = step);
  }
  if (report === null) throw new Error('a backtest ended without a report');
  return report;
}

/** The same, with how far it is. */
export async function* backtestSteps(
  deps: BacktestDeps,
  scope: Scope,
  query: BacktestQuery,
  signal: AbortSignal,
): AsyncGenerator<BacktestStep, void, void> {
  const to = deps.clock.now();
  const from = to - query.days * dayMs;
  const tried = await ruleToTry(deps, scope, query.id, query.source);
  const { compiled, certain, candidate } = prepare(deps, query.id, tried);
  const contexts = await deps.contexts.all(scope.tenant);
  const trial = tried.stateful.length === 0 ? new SingleTrial() : new StatefulTrial(tried, deps);
  const counting = createCounting(deps.events, certain, trial.counts, signal);
  let candidates = 0;
  const progress = (start: Instant): BacktestStep => ({
    type: 'progress',
    days: Math.round((start - from) / dayMs),
    ofDays: query.days,
    candidates,
    matches: trial.counts.matches,
  });
  const filled = await daysWithEvents(deps, scope, { from, to }, query.days, signal);
  for (let start = from; start < to; start += dayMs) {
    if (!filled(start)) continue;
    yield progress(start);
    const range = { tenant: scope.tenant, from: start, to: Math.min(to, start + dayMs) };
    await counting.count(range);
    for await (const stored of deps.events.scan({ ...range, condition: candidate }, signal)) {
      candidates += 1;
      if (candidates % turn === 0) await setImmediate();
      if (candidates % told === 0) yield progress(start);
      const context = contexts.get(stored.context);
      const outcome = context === undefined ? null : parseRecord(stored.raw, context, deps.parsers);
      if (outcome?.kind !== 'event') continue;
      const event = { fields: outcome.event.native, logsource: outcome.event.logsource };
      for (const rule of compiled) if (rule.matches(event)) trial.take(rule, event, stored);
    }
    trial.endOfDay();
  }
  trial.end();
  await counting.addNewest();
  const durationMs = deps.clock.now() - to;
  const { title } = tried;
  const counts = trial.counts.report();
  yield {
    type: 'done',
    report: {
      ruleId: query.id,
      title,
      from,
      to,
      candidates,
      counted: counting.counted(),
      ...counts,
      durationMs,
    },
  };
}

/** A day without any event costs no query. */
async function daysWithEvents(
  { events }: Pick<BacktestDeps, 'events'>,
  { tenant }: Scope,
  range: { readonly from: Instant; readonly to: Instant },
  days: number,
  signal: AbortSignal,
): Promise<(start: Instant) => boolean> {
  const { counts, bucketMs } = await events.histogram(
    { tenant, ...range, basis: 'event', buckets: Math.min(Math.max(days, 1), 400) },
    signal,
  );
  const starts = [...new Set(counts.map(({ at }) => at))];
  return (start) => starts.some((at) => at < start + dayMs && at + bucketMs > start);
}

interface Prepared {
  readonly compiled: readonly CompiledRule[];
  /** Rows that match and need no look; none of a rule that reads its events. */
  readonly certain: SqlCondition;
  /** Rows that the engine looks at. */
  readonly candidate: SqlCondition;
}

function prepare({ mappings }: BacktestDeps, id: string, { rules, stateful }: TriedRule): Prepared {
  const compiled: CompiledRule[] = [];
  const bounds: SqlBounds[] = [];
  for (const rule of rules) {
    const made = compileRule(rule, { mappings });
    if (!made.ok) throw refusedBecause(id, made.error);
    const said = sqlBounds(rule, { mappings, verbatim: verbatimParsers });
    if (!said.ok) throw refusedBecause(id, said.error);
    compiled.push(made.value);
    bounds.push(said.value);
  }
  const [only, another] = bounds;
  if (stateful.length === 0 && only !== undefined && another === undefined) {
    return { compiled, certain: only.certain, candidate: only.uncertain };
  }
  return { compiled, certain: nothing, candidate: either(bounds.map(({ possible }) => possible)) };
}

interface Trial {
  readonly counts: BacktestCounts;
  take(rule: CompiledRule, event: SigmaEvent, stored: StoredEvent): void;
  endOfDay(): void;
  end(): void;
}

/** A rule over single events: each match is one, about what its alert would be about (ADR 8). */
class SingleTrial implements Trial {
  readonly counts = new BacktestCounts();

  take(
    _rule: CompiledRule,
    _event: SigmaEvent,
    { time, event_id: eventId, host, user, source }: StoredEvent,
  ): void {
    this.counts.add(time, entityOf(host, user, source), { eventId, time, host, user });
  }

  endOfDay(): void {
    // Nothing is put in order: single events stand for themselves.
  }

  end(): void {
    // Nothing is open.
  }
}

interface Seen {
  readonly observation: Observation;
  readonly stored: Pick<StoredEvent, 'event_id' | 'host' | 'user'>;
}

/** A rule over many events, in the order of event time: what a live stream without delays would have found. */
class StatefulTrial implements Trial {
  readonly counts = new BacktestCounts();
  readonly #correlator: Correlator;
  readonly #feeds: ReturnType<typeof feedsOf>;
  readonly #deps: Pick<BacktestDeps, 'mappings'>;
  readonly #id: string;
  #day: Seen[] = [];

  constructor({ id, stateful }: TriedRule, deps: Pick<BacktestDeps, 'mappings'>) {
    this.#correlator = createCorrelator(stateful);
    this.#feeds = feedsOf(stateful);
    this.#id = id;
    this.#deps = deps;
  }

  take(
    { rule }: CompiledRule,
    event: SigmaEvent,
    { time, seq, idx, event_id, host, user }: StoredEvent,
  ): void {
    const read = eventReader(event, rule, this.#deps.mappings);
    for (const observation of observe(this.#feeds, rule.id, read, { time, seq, idx })) {
      this.#day.push({ observation, stored: { event_id, host, user } });
    }
    if (this.#day.length > mostADay) {
      throw new AppError(
        'E_TOO_LARGE',
        `the rules that feed it match more than ${mostADay} times a day: a correlation on them is better made narrower`,
      );
    }
  }

  endOfDay(): void {
    const order = ({ observation: a }: Seen, { observation: b }: Seen): number =>
      a.time - b.time || a.seq - b.seq || a.idx - b.idx;
    for (const { observation, stored } of this.#day.toSorted(order)) {
      this.#count(this.#correlator.add(observation, observation.time), stored);
    }
    this.#day = [];
  }

  end(): void {
    this.#count(this.#correlator.advance(Number.MAX_SAFE_INTEGER).matches, {
      event_id: '',
      host: '',
      user: '',
    });
  }

  /** A window that is judged when it is over has no event at hand that completed it. */
  #count(matches: ReturnType<Correlator['add']>, { event_id: eventId, host, user }: Seen['stored']): void {
    for (const { document, group, entries } of matches) {
      if (document.id !== this.#id) continue;
      const time = entries.at(-1)?.time ?? 0;
      const name = group.map(([field, value]) => `${field} ${value}`).join(', ');
      this.counts.add(time, { kind: 'group', name }, { eventId, time, host, user });
    }
  }
}
