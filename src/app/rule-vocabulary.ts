/** The words of rules, for completion: those of the language, and logsources, tags and fields as they are here. */
import type { LogsourceFields, RuleVocabulary } from '../api/routes/workbench-services.ts';
import type { Clock, Instant } from '../base/clock.ts';
import type { RulesService } from '../features/detection/index.ts';
import {
  compileRule,
  type LogsourceMappings,
  modifierFacts,
  parseSigma,
  type RuleLogsource,
  sigmaVocabulary,
  sqlBounds,
} from '../lang/sigma/index.ts';
import type { Scope } from '../model/actor.ts';
import type { Contexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { Parser } from '../plugins/define.ts';
import type { EventStore } from '../store/events.ts';
import { countFields, sampleSize } from './hunts/field-counts.ts';
import { verbatimParsers } from './verbatim.ts';

export interface VocabularyDeps {
  readonly rules: Pick<RulesService, 'words'>;
  readonly events: Pick<EventStore, 'scan'>;
  readonly contexts: Pick<Contexts, 'all'>;
  readonly parsers: readonly Parser[];
  readonly mappings: LogsourceMappings;
  readonly clock: Clock;
}

export async function ruleVocabulary(
  { rules, mappings }: Pick<VocabularyDeps, 'rules' | 'mappings'>,
  scope: Scope,
): Promise<RuleVocabulary> {
  const words = await rules.words(scope);
  return {
    ...words,
    logsources: [...words.logsources, ...unseen(words.logsources, mappings)],
    ...sigmaVocabulary,
    modifiers: modifierFacts,
  };
}

/** What the mappings could route, had it ever come. */
function unseen(
  known: RuleVocabulary['logsources'],
  { product, names }: LogsourceMappings,
): RuleVocabulary['logsources'] {
  const none = { product, service: '', category: '', events: 0, rules: 0 };
  const has = (key: 'service' | 'category', name: string): boolean =>
    known.some((one) => one.product === product && one[key] === name);
  return [
    ...names.services.filter((name) => !has('service', name)).map((service) => ({ ...none, service })),
    ...names.categories.filter((name) => !has('category', name)).map((category) => ({ ...none, category })),
  ];
}

/** Days back that are looked at until there are enough events; the last is as far as completion goes. */
const reaches = [1, 7, 30, 180];
const dayMs = 86_400_000;
const mostCandidates = 20_000;

export async function logsourceFields(
  deps: VocabularyDeps,
  scope: Scope,
  logsource: RuleLogsource,
  signal: AbortSignal,
): Promise<LogsourceFields> {
  const natives: Readonly<Record<string, unknown>>[] = [];
  const now = deps.clock.now();
  let to = now;
  for (const days of reaches) {
    if (natives.length >= sampleSize) break;
    const from = now - days * dayMs;
    for await (const native of eventsOf(deps, scope, logsource, { from, to }, signal)) {
      natives.push(native);
      if (natives.length >= sampleSize) break;
    }
    to = from;
  }
  return { sampled: natives.length, fields: withAliases(countFields(natives), logsource, deps.mappings) };
}

/** What a rule with this logsource sees, whatever its detection. */
async function* eventsOf(
  { events, contexts, parsers, mappings }: VocabularyDeps,
  scope: Scope,
  logsource: RuleLogsource,
  range: { readonly from: Instant; readonly to: Instant },
  signal: AbortSignal,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, void> {
  const { definition: _forPeople, ...wanted } = logsource;
  const [rule] = parseSigma(
    JSON.stringify({
      title: 'Any event',
      logsource: wanted,
      detection: { any: { 'no such field': null }, condition: 'any or not any' },
    }),
    'logsource',
  ).documents;
  if (rule === undefined) return;
  const compiled = compileRule(rule, { mappings });
  const condition = sqlBounds(rule, { mappings, verbatim: verbatimParsers });
  if (!compiled.ok || !condition.ok) return;
  const known = await contexts.all(scope.tenant);
  let candidates = 0;
  for await (const stored of events.scan(
    { tenant: scope.tenant, ...range, condition: condition.value.possible },
    signal,
  )) {
    candidates += 1;
    if (candidates > mostCandidates) return;
    const context = known.get(stored.context);
    const outcome = context === undefined ? null : parseRecord(stored.raw, context, parsers);
    if (outcome?.kind !== 'event') continue;
    const { native, logsource: own } = outcome.event;
    if (compiled.value.matches({ fields: native, logsource: own })) yield native;
  }
}

/** A category has names of its own for what the events call differently. */
function withAliases(
  fields: LogsourceFields['fields'],
  { category }: RuleLogsource,
  { categories }: LogsourceMappings,
): LogsourceFields['fields'] {
  const rows = [...categories.values()].flat().filter((row) => row.category === category?.toLowerCase());
  const known = new Map(fields.map((field) => [field.name, field]));
  const added = rows
    .flatMap((row) => Object.entries(row.aliases))
    .flatMap(([name, own]) => {
      const found = known.get(own);
      return found === undefined || known.has(name) ? [] : [{ ...found, name }];
    });
  return [...new Map([...added, ...fields].map((field) => [field.name, field])).values()];
}
