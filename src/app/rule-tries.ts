/** A rule over a handful of events that are at hand, as it is being written: what matches, and why or why not. */
import { setImmediate } from 'node:timers/promises';
import type { RuleTry, TryQuery, TrySubject } from '../api/routes/workbench-services.ts';
import { AppError } from '../base/errors.ts';
import {
  type CorrelationMatch,
  compileRule,
  createCorrelator,
  eventReader,
  explainedRows,
  explainRule,
  feedsOf,
  observe,
} from '../lang/sigma/index.ts';
import type { Scope } from '../model/actor.ts';
import { mostPasted, readPastedEvents, type TriedEvent } from './pasted-events.ts';
import {
  type RuleTrialsDeps,
  refusedBecause,
  ruleToTry,
  storedToTry,
  type TriedRule,
} from './rule-trials.ts';

interface Subject extends TriedEvent {
  readonly eventId: string | null;
}

/** Events between two turns of the event loop: this runs in the thread that answers people. */
const turn = 20;

/** Throws E_NOT_FOUND for the rule or an event, E_BAD_REQUEST for what is no rule or what can not be tried. */
export async function tryRule(deps: RuleTrialsDeps, scope: Scope, query: TryQuery): Promise<RuleTry> {
  const tried = await ruleToTry(deps, scope, query.id ?? 'new rule', query.source);
  const subjects = await subjectsOf(deps, scope, tried, query);
  const stateful = tried.stateful.length === 0 ? null : correlate(deps, tried, subjects);
  const outcomes: TrySubject[] = [];
  for (const [at, subject] of subjects.entries()) {
    if (at % turn === 0) await setImmediate();
    outcomes.push(explained(deps, tried, subject, stateful?.get(at) ?? []));
  }
  return {
    kind: stateful === null ? 'single' : 'many',
    notes: stateful === null ? [] : notesOf(tried, subjects),
    subjects: outcomes,
  };
}

async function subjectsOf(
  deps: RuleTrialsDeps,
  scope: Scope,
  { rules }: TriedRule,
  { records, eventIds = [] }: TryQuery,
): Promise<readonly Subject[]> {
  if (eventIds.length > mostPasted) {
    throw new AppError(
      'E_BAD_REQUEST',
      `${eventIds.length} events are too many to try: at most ${mostPasted}`,
    );
  }
  const stored = await Promise.all(
    eventIds.map(
      async (eventId): Promise<Subject> => ({
        ...(await storedToTry(deps, scope, eventId)),
        eventId,
        assumed: false,
      }),
    ),
  );
  const [first] = rules;
  const pasted = readPastedEvents(records ?? '', first?.logsource ?? null);
  return [...stored, ...pasted.map((one) => ({ ...one, eventId: null }))];
}

function explained(
  { mappings }: Pick<RuleTrialsDeps, 'mappings'>,
  { rules, stateful }: TriedRule,
  { event, ...subject }: Subject,
  completes: TrySubject['completes'],
): TrySubject {
  const explanations = (event === null ? [] : rules).map((rule) => {
    const made = explainRule(rule, event ?? { fields: {}, logsource: {} }, { mappings });
    if (!made.ok) throw refusedBecause(rule.id, made.error);
    const rows = explainedRows(made.value.condition);
    return { ruleId: rule.id, title: rule.title, explanation: made.value, rows };
  });
  const feeds = explanations.some(({ explanation }) => explanation.matches);
  return {
    ...subject,
    matches: stateful.length === 0 ? feeds : completes.length > 0,
    feeds,
    completes,
    explanations,
  };
}

/** What each event completes, in the order of event time, as a stream without delays would have it. */
function correlate(
  { mappings }: Pick<RuleTrialsDeps, 'mappings'>,
  { id, rules, stateful }: TriedRule,
  subjects: readonly Subject[],
): ReadonlyMap<number, TrySubject['completes']> {
  const compiled = rules.map((rule) => {
    const made = compileRule(rule, { mappings });
    if (!made.ok) throw refusedBecause(rule.id, made.error);
    return made.value;
  });
  const correlator = createCorrelator(stateful);
  const feeds = feedsOf(stateful);
  const found = new Map<number, TrySubject['completes'][number][]>();
  const keep = (matches: readonly CorrelationMatch[]): void => {
    for (const { document, group, value, entries } of matches) {
      const last = entries.at(-1);
      if (document.id !== id || last === undefined) continue;
      const name = group.map(([field, of]) => `${field} ${of}`).join(', ');
      const at = entries.map(({ idx }) => idx);
      found.set(last.idx, [...(found.get(last.idx) ?? []), { group: name, value, subjects: at }]);
    }
  };
  for (const { event, time, idx } of inOrder(subjects)) {
    for (const rule of compiled) {
      if (!rule.matches(event)) continue;
      const read = eventReader(event, rule.rule, mappings);
      for (const one of observe(feeds, rule.rule.id, read, { time, seq: 0, idx })) {
        keep(correlator.add(one, time));
      }
    }
  }
  keep(correlator.advance(Number.MAX_SAFE_INTEGER).matches);
  return found;
}

function inOrder(subjects: readonly Subject[]) {
  return subjects
    .flatMap(({ event, time }, idx) => (event === null || time === null ? [] : [{ event, time, idx }]))
    .toSorted((a, b) => a.time - b.time || a.idx - b.idx);
}

/** What such a trial can not show. */
function notesOf({ stateful }: TriedRule, subjects: readonly Subject[]): readonly string[] {
  const learns = stateful.some(({ document }) => document.spec.type === 'new_terms');
  const timeless = subjects.filter(({ event, time }) => event !== null && time === null).length;
  return [
    'It looks at many events: these are taken in the order of their time, and nothing else is remembered.',
    ...(learns
      ? [
          'At first it only learns: within the time that "learning" says after the first event nothing is new.',
        ]
      : []),
    ...(timeless > 0 ? [`${timeless} without a time of their own do not take part.`] : []),
  ];
}
