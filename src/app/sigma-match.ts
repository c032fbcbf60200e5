/** `sigma match`: rules against files of events, outside of any running service. */
import {
  buildFastRuleSet,
  type CompiledRule,
  type CorrelationMatch,
  type Correlator,
  createCorrelator,
  eventReader,
  type Feeds,
  type FilterReading,
  feedsOf,
  type Level,
  type LogsourceMappings,
  observe,
  type Placeholders,
  type Refusal,
  type RuleSet,
  type SigmaEvent,
} from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import type { Logsource, ParsedEvent } from '../model/event.ts';
import { type ContextId, mainTenant, type SourceId } from '../model/ids.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { columnsOf } from '../pipeline/rows.ts';
import type { RuleCacheOptions } from '../pipeline/rule-cache.ts';
import type { Parser } from '../plugins/define.ts';
import { eventFiles } from './event-files.ts';
import { type EventLine, readEventLines } from './sigma-match-lines.ts';
import { type LoadedRules, loadSigmaRules } from './sigma-rules.ts';

/** What is told of the rule that matched. */
export interface MatchedRule {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly author: string;
  readonly tags: readonly string[];
}

export interface SigmaMatch {
  readonly ruleId: string;
  /** The file as it was named; `-` for standard input. */
  readonly file: string;
  /** Position among the non-empty lines of the file, from 0. Of a correlation: that of the event that completed it. */
  readonly eventIndex: number;
  readonly rule: MatchedRule;
  /** Event time, ms; null when the event has none. */
  readonly time: number | null;
  readonly host: string;
  readonly user: string;
}

/** A line that could not be read as an event. */
export interface UnreadLine {
  readonly file: string;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly eventIndex: number;
  readonly reason: string;
}

export interface SigmaMatchOptions {
  readonly rulesPath: string | readonly string[];
  /** Files, folders and patterns of NDJSON, `.gz` allowed; `-` is standard input. */
  readonly eventsPath: string | readonly string[];
  readonly parsers: readonly Parser[];
  /** Awaited before the next match is looked for. */
  readonly onMatch: (match: SigmaMatch) => unknown;
  readonly onUnread?: (line: UnreadLine) => void;
  /** Told every few thousand events. */
  readonly onProgress?: (progress: {
    readonly file: string;
    readonly events: number;
    readonly matches: number;
  }) => void;
  readonly signal?: AbortSignal;
  readonly placeholders?: Placeholders;
  /** What the condition of a filter means; `require` by default. */
  readonly reading?: FilterReading;
  /** For events that no parser takes: their JSON is read as it is, under this logsource. */
  readonly logsource?: Logsource;
  /** The product's own by default. */
  readonly mappings?: LogsourceMappings;
  /** Where to read when `eventsPath` is `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Where rules that were read once are kept. */
  readonly cache?: RuleCacheOptions;
}

export interface SigmaMatchSummary {
  /** YAML files read. */
  readonly files: number;
  /** Other files in the rules' place. */
  readonly ignoredFiles: number;
  /** Detection, correlation and new terms rules. */
  readonly loaded: number;
  readonly refused: readonly Refusal[];
  readonly warnings: readonly Refusal[];
  readonly eventFiles: number;
  /** Non-empty lines. */
  readonly events: number;
  readonly unparsed: number;
  readonly unparsedByReason: Readonly<Record<string, number>>;
  readonly matches: number;
  /** Events of a logsource that no loaded rule looks at. */
  readonly unroutedEvents: number;
  readonly durationMs: number;
  readonly eventsPerSecond: number;
}

/** Events between two tellings of progress. */
const progressEvery = 5_000;
/** A file is read once and gone through in order: there is room for more than a service gives a rule. */
const correlationLimits = { maxEntries: 2_000_000 };

export async function runSigmaMatch(options: SigmaMatchOptions): Promise<SigmaMatchSummary> {
  const files = await eventFiles([options.eventsPath].flat(), options.signal);
  const { signal, placeholders, reading, mappings, cache } = options;
  const rules = await loadSigmaRules({
    paths: [options.rulesPath].flat(),
    ...(signal === undefined ? {} : { signal }),
    ...(placeholders === undefined ? {} : { placeholders }),
    ...(reading === undefined ? {} : { reading }),
    ...(mappings === undefined ? {} : { mappings }),
    ...(cache === undefined ? {} : { cache }),
  });
  // Rules are loaded once; what the rate describes is the matching.
  const started = process.hrtime.bigint();
  const run = new MatchRun(options, rules);
  for (const [at, file] of files.entries()) await run.readFile(file, at);
  await run.end();
  const durationMs = Number(process.hrtime.bigint() - started) / 1e6;
  const { counts } = run;
  return {
    files: rules.files,
    ignoredFiles: rules.ignored,
    loaded:
      rules.compiled.filter(({ rule }) => !rules.stateful.some(({ document }) => document.id === rule.id))
        .length + rules.stateful.length,
    refused: rules.refused,
    warnings: rules.warnings,
    eventFiles: files.length,
    ...counts,
    durationMs,
    eventsPerSecond: durationMs === 0 ? 0 : Math.round((counts.events * 1000) / durationMs),
  };
}

const context: RecordContext = {
  id: 'sigma-match' as ContextId,
  tenant: mainTenant,
  source: 'sigma-match' as SourceId,
  decoder: 'json',
  transport: 'file',
};

type About = Pick<SigmaMatch, 'file' | 'eventIndex' | 'time' | 'host' | 'user'>;

/** One pass over all files: what is counted, and what correlations remember from file to file. */
class MatchRun {
  readonly #options: SigmaMatchOptions;
  readonly #rules: LoadedRules;
  readonly #set: RuleSet;
  readonly #feeds: Feeds;
  readonly #correlator: Correlator | null;
  readonly #files: string[] = [];
  readonly counts = {
    events: 0,
    unparsed: 0,
    unparsedByReason: {} as Record<string, number>,
    matches: 0,
    unroutedEvents: 0,
  };

  constructor(options: SigmaMatchOptions, rules: LoadedRules) {
    this.#options = options;
    this.#rules = rules;
    const { placeholders } = options;
    this.#set = buildFastRuleSet(rules.compiled, {
      mappings: rules.mappings,
      ...(placeholders === undefined ? {} : { placeholders }),
    });
    this.#feeds = feedsOf(rules.stateful);
    this.#correlator =
      rules.stateful.length === 0 ? null : createCorrelator(rules.stateful, correlationLimits);
  }

  async readFile(file: string, fileIndex: number): Promise<void> {
    const { stdin, signal, onUnread, onProgress } = this.#options;
    this.#files.push(file);
    let eventIndex = -1;
    for await (const line of readEventLines(file, stdin, signal)) {
      eventIndex += 1;
      this.counts.events += 1;
      if (this.counts.events % progressEvery === 0) {
        onProgress?.({ file, events: this.counts.events, matches: this.counts.matches });
      }
      const read = readEvent(line, this.#options);
      if (typeof read === 'string') {
        this.counts.unparsed += 1;
        this.counts.unparsedByReason[read] = (this.counts.unparsedByReason[read] ?? 0) + 1;
        onUnread?.({ file, line: line.number, eventIndex, reason: read });
      } else await this.#match(read, fileIndex, eventIndex);
    }
  }

  /** Windows of correlations that are judged when they are over. */
  async end(): Promise<void> {
    const last = this.#correlator?.advance(Number.MAX_SAFE_INTEGER).matches ?? [];
    for (const match of last) await this.#tellCorrelation(match, null);
  }

  async #match(read: ReadEvent, fileIndex: number, eventIndex: number): Promise<void> {
    if (!this.#set.covers(read.event)) this.counts.unroutedEvents += 1;
    const matched = this.#set.match(read.event);
    if (matched.length === 0) return;
    const { host, user } = read.parsed === null ? { host: '', user: '' } : columnsOf(read.parsed);
    const time = read.parsed?.time ?? null;
    const about: About = { file: this.#files[fileIndex] ?? '', eventIndex, time, host, user };
    for (const compiled of matched) {
      if (!this.#rules.quiet.has(compiled.rule.id)) await this.#tell(compiled.rule, about);
      // An event without a time has no place in a window.
      if (time !== null)
        await this.#correlate(compiled, read.event, { time, seq: fileIndex, idx: eventIndex }, about);
    }
  }

  async #correlate(
    { rule }: CompiledRule,
    event: SigmaEvent,
    place: { readonly time: number; readonly seq: number; readonly idx: number },
    about: About,
  ): Promise<void> {
    if (this.#correlator === null || !this.#feeds.byRule.has(rule.id)) return;
    const read = eventReader(event, rule, this.#rules.mappings);
    for (const observation of observe(this.#feeds, rule.id, read, place)) {
      // Nothing grows old by receipt here: the files are all there is.
      for (const match of this.#correlator.add(observation, 0)) await this.#tellCorrelation(match, about);
    }
  }

  async #tellCorrelation({ document, group, entries }: CorrelationMatch, about: About | null): Promise<void> {
    const last = entries.at(-1);
    const named = (field: RegExp): string => group.find(([name]) => field.test(name))?.[1] ?? '';
    await this.#tell(document, {
      file: this.#files[last?.seq ?? 0] ?? '',
      eventIndex: last?.idx ?? 0,
      time: last?.time ?? null,
      host: about?.host ?? named(/host|computer/i),
      user: about?.user ?? named(/user/i),
    });
  }

  async #tell({ id, title, level, author, tags }: MatchedRule, about: About): Promise<void> {
    this.counts.matches += 1;
    await this.#options.onMatch({ ruleId: id, rule: { id, title, level, author, tags }, ...about });
  }
}

interface ReadEvent {
  readonly event: SigmaEvent;
  /** Null where no parser took the record. */
  readonly parsed: ParsedEvent | null;
}

/** The event, or why there is none. */
function readEvent(line: EventLine, options: SigmaMatchOptions): ReadEvent | string {
  if (line.flaw !== null) return line.flaw;
  const outcome = parseRecord(line.text, context, options.parsers);
  if (outcome.kind === 'event') {
    const { event } = outcome;
    return { event: { fields: event.native, logsource: event.logsource }, parsed: event };
  }
  if (outcome.reason !== 'unknown_format' || options.logsource === undefined) return outcome.reason;
  const fields = JSON.parse(line.text) as Readonly<Record<string, unknown>>;
  return { event: { fields, logsource: options.logsource }, parsed: null };
}
