/** Records of one frame to what the rules find in them: the part of `sigma match` that may run in a thread. */
import {
  buildFastRuleSet,
  type CompiledRule,
  type CompileOptions,
  compileRule,
  eventReader,
  type Feeds,
  feedsOf,
  type LogsourceMappings,
  type Observation,
  observe,
  type Placeholders,
  type RuleSet,
  type SigmaEvent,
  type SigmaRule,
  type StatefulRule,
} from '../lang/sigma/index.ts';
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { Logsource, ParsedEvent } from '../model/event.ts';
import { decode } from '../pipeline/decode/index.ts';
import { createJoiner } from '../pipeline/joined.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { type ProgramCache, programCache } from '../pipeline/program-cache.ts';
import { columnsOf, rawText } from '../pipeline/rows.ts';
import type { RuleCacheOptions } from '../pipeline/rule-cache.ts';
import type { Parser } from '../plugins/define.ts';
import { isWithin, type TimeSelection } from './sigma-match-select.ts';
import type { EventFacts, MatchDetail } from './sigma-match-types.ts';

/** Plain data, so that a thread can be given it. */
export interface MatcherSettings {
  /** Filters applied; those that only feed others among them. */
  readonly rules: readonly SigmaRule[];
  readonly stateful: readonly StatefulRule[];
  readonly mappings: LogsourceMappings;
  readonly placeholders?: Placeholders;
  /** Where programs are kept; without it, every thread builds its own. */
  readonly cache?: RuleCacheOptions;
  /** Ids of the rules whose matches are told. */
  readonly told: ReadonlySet<string>;
  /** For events that no parser takes. */
  readonly logsource?: Logsource;
  readonly within?: TimeSelection;
  /** Whether the values that made a rule match are wanted. */
  readonly details: boolean;
}

export interface FrameInput {
  readonly buffer: Uint8Array;
  readonly offsets: Uint32Array;
  readonly flaws: ReadonlyMap<number, UnparsedReason>;
  readonly context: RecordContext;
  /** Number of the file, and index in it of the first record. */
  readonly file: number;
  readonly base: number;
}

/** An event with at least one match. */
export interface Hit extends EventFacts {
  readonly rules: readonly RuleHit[];
}

export interface RuleHit {
  readonly id: string;
  readonly details: readonly MatchDetail[];
  /** What it says to correlations. */
  readonly observations: readonly Observation[];
}

export interface FrameMatches {
  readonly events: number;
  /** By index in the frame. */
  readonly unparsed: readonly { readonly index: number; readonly reason: UnparsedReason }[];
  readonly outOfTime: number;
  readonly unroutedEvents: number;
  readonly hits: readonly Hit[];
}

export class FrameMatcher {
  readonly #settings: MatcherSettings;
  readonly #parsers: readonly Parser[];
  readonly #set: RuleSet;
  readonly #feeds: Feeds;
  readonly #programs: ProgramCache | null;

  /** `compiled`: of the settings' rules, where they are compiled already. */
  constructor(settings: MatcherSettings, parsers: readonly Parser[], compiled?: readonly CompiledRule[]) {
    this.#settings = settings;
    this.#parsers = parsers;
    const { mappings, placeholders, cache } = settings;
    const options = placeholders === undefined ? { mappings } : { mappings, placeholders };
    this.#programs = cache === undefined ? null : programCache(cache);
    this.#set = buildFastRuleSet(compiled ?? compiledRules(settings.rules, options), {
      ...options,
      ...(this.#programs === null ? {} : { programs: this.#programs }),
    });
    this.#feeds = feedsOf(settings.stateful);
  }

  /** Writes the programs that were built since the last time. What can not be kept is built again the next time. */
  keep(): void {
    this.#programs?.keep();
  }

  match(input: FrameInput): FrameMatches {
    const { buffer, offsets, flaws, context, base } = input;
    const found = { events: offsets.length / 2, outOfTime: 0, unroutedEvents: 0 };
    const unparsed: { index: number; reason: UnparsedReason }[] = [];
    const hits: Hit[] = [];
    const joiner = createJoiner<number>();
    const look = (read: ParsedEvent | BareEvent, eventIndex: number): void => {
      const hit = this.#look(read, input.file, eventIndex);
      if (hit === 'out of time') found.outOfTime += 1;
      else if (hit === 'unrouted') found.unroutedEvents += 1;
      else if (hit !== null) hits.push(hit);
    };
    for (let index = 0; index < found.events; index += 1) {
      const flaw = flaws.get(index);
      const { raw } = rawText(buffer.subarray(offsets[2 * index], offsets[2 * index + 1]), flaw);
      const outcome =
        flaw === undefined
          ? parseRecord(raw, context, this.#parsers)
          : ({ kind: 'unparsed', reason: flaw, parser: null } as const);
      if (outcome.kind === 'event') {
        if (!joiner.take(outcome.event, outcome.parser, base + index)) look(outcome.event, base + index);
        continue;
      }
      const { reason } = outcome;
      const bare = reason === 'unknown_format' ? bareEvent(raw, context, this.#settings.logsource) : null;
      if (bare === null) unparsed.push({ index, reason });
      else look(bare, base + index);
    }
    for (const { event, records } of joiner.finish()) look(event, records[0]);
    return { ...found, unparsed, hits };
  }

  #look(
    read: ParsedEvent | BareEvent,
    file: number,
    eventIndex: number,
  ): Hit | 'out of time' | 'unrouted' | null {
    if (!isWithin(read.time, this.#settings.within ?? {})) return 'out of time';
    const event: SigmaEvent = { fields: read.native, logsource: read.logsource };
    const matched = this.#set.match(event);
    if (matched.length === 0) return this.#set.covers(event) ? null : 'unrouted';
    const { details, told } = this.#settings;
    return {
      eventIndex,
      ...aboutOf(read),
      rules: matched.map((compiled) => ({
        id: compiled.rule.id,
        details: details && told.has(compiled.rule.id) ? detailsOf(compiled, event) : [],
        // An event without a time has no place in a window.
        observations:
          read.time === null
            ? []
            : this.#observe(compiled, event, { time: read.time, seq: file, idx: eventIndex }),
      })),
    };
  }

  #observe(
    { rule }: CompiledRule,
    event: SigmaEvent,
    place: { readonly time: number; readonly seq: number; readonly idx: number },
  ): readonly Observation[] {
    if (!this.#feeds.byRule.has(rule.id)) return [];
    const read = eventReader(event, rule, this.#settings.mappings);
    return [...observe(this.#feeds, rule.id, read, place)];
  }
}

/** Those that can't be compiled were refused before. */
function compiledRules(rules: readonly SigmaRule[], options: CompileOptions): readonly CompiledRule[] {
  const proven = { has: () => true };
  return rules.flatMap((rule) => {
    const result = compileRule(rule, { ...options, proven });
    return result.ok ? [result.value] : [];
  });
}

/** An event that no parser took, under the logsource that was given for such. */
interface BareEvent extends Pick<ParsedEvent, 'native' | 'logsource'> {
  readonly kind: 'bare';
  readonly time: null;
}

/** The fields of an object or a row as they are, a line as `message`; null for what has none, and without a logsource. */
function bareEvent(raw: string, context: RecordContext, logsource: Logsource | undefined): BareEvent | null {
  if (logsource === undefined) return null;
  const views = decode(raw, context);
  if (!views.ok) return null;
  for (const view of views.value) {
    if (view.kind === 'xml') continue;
    const native = view.kind === 'json' ? view.json : { message: view.line.message };
    return { kind: 'bare', time: null, native, logsource };
  }
  return null;
}

function aboutOf(read: ParsedEvent | BareEvent): Omit<Hit, 'eventIndex' | 'rules'> {
  const { native, logsource, time } = read;
  const { host, user } = read.kind === 'event' ? columnsOf(read) : { host: '', user: '' };
  return {
    time,
    host,
    user,
    channel:
      textOf(native['Channel']) || textOf(logsource.service ?? logsource.category ?? logsource.product),
    eventCode: textOf(native['EventID']),
    recordId: textOf(native['EventRecordID'] ?? native['RecordNumber']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Each field once, in the rule's order; where the rule only says what is not there, what says most of an event. */
function detailsOf(compiled: CompiledRule, event: SigmaEvent): readonly MatchDetail[] {
  const found = new Map<string, MatchDetail>();
  for (const { field, value } of compiled.explain(event)) {
    const name = field.split('|')[0] ?? '';
    found.set(`${name}\n${value}`, { field: name, value });
  }
  if (found.size > 0) return [...found.values()];
  return usual.flatMap((field) => {
    const value = textOf(event.fields[field]);
    return value === '' ? [] : [{ field, value }];
  });
}

const usual = ['Image', 'CommandLine', 'TargetUserName', 'IpAddress', 'ObjectName', 'message'];
