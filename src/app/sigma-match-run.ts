/** One pass of `sigma match` over all files: what is counted, and what correlations remember from file to file. */
import {
  buildFastRuleSet,
  type CompiledRule,
  type CorrelationMatch,
  type Correlator,
  createCorrelator,
  eventReader,
  type Feeds,
  feedsOf,
  observe,
  type RuleSet,
  type SigmaEvent,
} from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import type { Logsource, ParsedEvent } from '../model/event.ts';
import { decode } from '../pipeline/decode/index.ts';
import { createJoiner } from '../pipeline/joined.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { columnsOf, rawText } from '../pipeline/rows.ts';
import type { InputFrame } from './sigma-match-read.ts';
import { isWithin, ruleTest } from './sigma-match-select.ts';
import type { MatchDetail, MatchedRule, SigmaMatch, SigmaMatchOptions } from './sigma-match-types.ts';
import type { LoadedRules } from './sigma-rules.ts';

/** A file is read once and gone through in order: there is room for more than a service gives a rule. */
const correlationLimits = { maxEntries: 2_000_000 };

/** What a match tells beside its rule. */
type About = Omit<SigmaMatch, 'ruleId' | 'rule'>;

export class MatchRun {
  readonly #options: SigmaMatchOptions;
  readonly #rules: LoadedRules;
  /** Ids of the rules whose matches are told. */
  readonly #told: ReadonlySet<string>;
  readonly #set: RuleSet;
  readonly #feeds: Feeds;
  readonly #correlator: Correlator | null;
  readonly #files: string[] = [];
  /** Rules that take part. */
  readonly loaded: number;
  readonly counts = {
    events: 0,
    unparsed: 0,
    unparsedByReason: {} as Record<string, number>,
    outOfTime: 0,
    matchedEvents: 0,
    matches: 0,
    unroutedEvents: 0,
  };

  constructor(options: SigmaMatchOptions, rules: LoadedRules) {
    this.#options = options;
    this.#rules = rules;
    const wanted = ruleTest(options.select ?? {});
    const documents = [
      ...rules.compiled.map(({ rule }) => rule),
      ...rules.stateful.map((one) => one.document),
    ];
    this.#told = new Set(
      documents.filter((rule) => !rules.quiet.has(rule.id) && wanted(rule)).map(({ id }) => id),
    );
    this.#feeds = feedsOf(rules.stateful);
    const used = rules.compiled.filter(
      ({ rule: { id } }) => this.#told.has(id) || this.#feeds.byRule.has(id),
    );
    const stateful = new Set(rules.stateful.map(({ document }) => document.id));
    this.loaded = used.filter(({ rule }) => !stateful.has(rule.id)).length + stateful.size;
    const { placeholders } = options;
    this.#set = buildFastRuleSet(used, {
      mappings: rules.mappings,
      ...(placeholders === undefined ? {} : { placeholders }),
    });
    this.#correlator = stateful.size === 0 ? null : createCorrelator(rules.stateful, correlationLimits);
  }

  beginFile(label: string): void {
    this.#files.push(label);
  }

  /** Records of the file that began last. */
  async take({ frame, context, base, placeOf }: InputFrame): Promise<void> {
    const { parsers, onUnread, logsource } = this.#options;
    const joiner = createJoiner<number>();
    for (let i = 0; i < frame.ids.length; i += 1) {
      this.counts.events += 1;
      const flaw = frame.flaws.get(i);
      const { raw } = rawText(frame.buffer.subarray(frame.offsets[2 * i], frame.offsets[2 * i + 1]), flaw);
      const outcome =
        flaw === undefined
          ? parseRecord(raw, context, parsers)
          : ({ kind: 'unparsed', reason: flaw, parser: null } as const);
      if (outcome.kind === 'event') {
        if (!joiner.take(outcome.event, outcome.parser, base + i)) await this.#match(outcome.event, base + i);
        continue;
      }
      const bare = outcome.reason === 'unknown_format' ? bareEvent(raw, context, logsource) : null;
      if (bare !== null) {
        await this.#match(bare, base + i);
        continue;
      }
      const { reason } = outcome;
      this.counts.unparsed += 1;
      this.counts.unparsedByReason[reason] = (this.counts.unparsedByReason[reason] ?? 0) + 1;
      onUnread?.({ file: this.#files.at(-1) ?? '', line: placeOf(i), eventIndex: base + i, reason });
    }
    for (const { event, records } of joiner.finish()) await this.#match(event, records[0]);
  }

  /** Windows of correlations that are judged when they are over. */
  async end(): Promise<void> {
    const last = this.#correlator?.advance(Number.MAX_SAFE_INTEGER).matches ?? [];
    for (const match of last) await this.#tellCorrelation(match, null);
  }

  async #match(read: ParsedEvent | BareEvent, eventIndex: number): Promise<void> {
    if (!isWithin(read.time, this.#options.within ?? {})) {
      this.counts.outOfTime += 1;
      return;
    }
    const event: SigmaEvent = { fields: read.native, logsource: read.logsource };
    const matched = this.#set.match(event);
    if (matched.length === 0) {
      if (!this.#set.covers(event)) this.counts.unroutedEvents += 1;
      return;
    }
    const about = aboutOf(read, this.#files.at(-1) ?? '', eventIndex);
    const place = { seq: this.#files.length - 1, idx: eventIndex };
    const before = this.counts.matches;
    for (const compiled of matched) {
      if (this.#told.has(compiled.rule.id))
        await this.#tell(compiled.rule, { ...about, details: once(() => detailsOf(compiled, event, about)) });
      // An event without a time has no place in a window.
      if (read.time !== null) await this.#correlate(compiled, event, { time: read.time, ...place }, about);
    }
    if (this.counts.matches > before) this.counts.matchedEvents += 1;
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

  async #tellCorrelation(match: CorrelationMatch, about: About | null): Promise<void> {
    const { document, group, entries } = match;
    if (!this.#told.has(document.id)) return;
    const last = entries.at(-1);
    const named = (field: RegExp): string => group.find(([name]) => field.test(name))?.[1] ?? '';
    await this.#tell(document, {
      file: this.#files[last?.seq ?? 0] ?? '',
      eventIndex: last?.idx ?? 0,
      time: last?.time ?? null,
      host: about?.host ?? named(/host|computer/i),
      user: about?.user ?? named(/user/i),
      channel: '',
      eventCode: '',
      recordId: '',
      details: () => [
        ...group.map(([field, value]) => ({ field, value })),
        { field: 'events', value: String(entries.length) },
      ],
    });
  }

  async #tell(rule: MatchedRule, about: About): Promise<void> {
    this.counts.matches += 1;
    const { id, title, level, status, description, author, tags } = rule;
    await this.#options.onMatch({
      ruleId: id,
      rule: { id, title, level, status, description, author, tags },
      ...about,
    });
  }
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

function aboutOf(read: ParsedEvent | BareEvent, file: string, eventIndex: number): About {
  const { native, logsource } = read;
  const { host, user } = read.kind === 'event' ? columnsOf(read) : { host: '', user: '' };
  return {
    file,
    eventIndex,
    time: read.time,
    host,
    user,
    channel:
      textOf(native['Channel']) || textOf(logsource.service ?? logsource.category ?? logsource.product),
    eventCode: textOf(native['EventID']),
    recordId: textOf(native['EventRecordID'] ?? native['RecordNumber']),
    details: () => [],
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Several writers ask for the same. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Each field once, in the rule's order; where the rule only says what is not there, what ran. */
function detailsOf(compiled: CompiledRule, event: SigmaEvent, { host }: About): readonly MatchDetail[] {
  const found = new Map<string, MatchDetail>();
  for (const { field, value } of compiled.explain(event)) {
    const name = field.split('|')[0] ?? '';
    found.set(`${name}\n${value}`, { field: name, value });
  }
  if (found.size > 0) return [...found.values()];
  return usual.flatMap((field) => {
    const value = textOf(event.fields[field]);
    return value === '' || value === host ? [] : [{ field, value }];
  });
}

/** Fields that say most of a Windows event, for rules that name none by which they matched. */
const usual = ['Image', 'CommandLine', 'TargetUserName', 'IpAddress', 'ObjectName', 'message'];
