/** One pass of `sigma match` over all files: what is told and counted, and what correlations remember from file to file. */
import {
  type CompiledRule,
  type CorrelationMatch,
  type Correlator,
  createCorrelator,
  feedsOf,
} from '../lang/sigma/index.ts';
import type { FrameMatches, Hit, MatcherSettings } from './sigma-match-frame.ts';
import { ruleTest } from './sigma-match-select.ts';
import type { MatchedRule, SigmaMatch, SigmaMatchOptions } from './sigma-match-types.ts';
import type { LoadedRules } from './sigma-rules.ts';

/** A file is read once and gone through in order: there is room for more than a service gives a rule. */
const correlationLimits = { maxEntries: 2_000_000 };

/** What a match tells beside its rule. */
type About = Omit<SigmaMatch, 'ruleId' | 'rule'>;

export class MatchRun {
  readonly #onMatch: SigmaMatchOptions['onMatch'];
  readonly #onUnread: SigmaMatchOptions['onUnread'];
  readonly #rules: ReadonlyMap<string, MatchedRule>;
  readonly #told: ReadonlySet<string>;
  readonly #correlator: Correlator | null;
  readonly #files: string[] = [];
  /** Rules that take part. */
  readonly loaded: number;
  readonly compiled: readonly CompiledRule[];
  /** For who looks at the events. */
  readonly settings: MatcherSettings;
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
    this.#onMatch = options.onMatch;
    this.#onUnread = options.onUnread;
    const wanted = ruleTest(options.select ?? {});
    const stateful = rules.stateful.map(({ document }) => document);
    const documents = [...rules.compiled.map(({ rule }) => rule), ...stateful];
    this.#rules = new Map(documents.map((rule) => [rule.id, rule]));
    this.#told = new Set(
      documents.filter((rule) => !rules.quiet.has(rule.id) && wanted(rule)).map(({ id }) => id),
    );
    const feeding = feedsOf(rules.stateful).byRule;
    this.compiled = rules.compiled.filter(({ rule: { id } }) => this.#told.has(id) || feeding.has(id));
    const statefulIds = new Set(stateful.map(({ id }) => id));
    this.loaded = this.compiled.filter(({ rule }) => !statefulIds.has(rule.id)).length + statefulIds.size;
    this.#correlator = statefulIds.size === 0 ? null : createCorrelator(rules.stateful, correlationLimits);
    const { placeholders, logsource, within, cache } = options;
    this.settings = {
      rules: this.compiled.map(({ rule }) => rule),
      stateful: rules.stateful,
      mappings: rules.mappings,
      told: this.#told,
      details: options.details ?? false,
      ...(placeholders === undefined ? {} : { placeholders }),
      ...(cache === undefined ? {} : { cache }),
      ...(logsource === undefined ? {} : { logsource }),
      ...(within === undefined ? {} : { within }),
    };
  }

  /** Returns the file's number. */
  beginFile(label: string): number {
    return this.#files.push(label) - 1;
  }

  /** What was found in a frame; frames are to be given in their order. */
  async take(
    found: FrameMatches,
    frame: { readonly file: number; readonly base: number; readonly placeOf: (index: number) => number },
  ): Promise<void> {
    const { counts } = this;
    const file = this.#files[frame.file] ?? '';
    counts.events += found.events;
    counts.outOfTime += found.outOfTime;
    counts.unroutedEvents += found.unroutedEvents;
    counts.unparsed += found.unparsed.length;
    for (const { index, reason } of found.unparsed) {
      counts.unparsedByReason[reason] = (counts.unparsedByReason[reason] ?? 0) + 1;
      this.#onUnread?.({ file, line: frame.placeOf(index), eventIndex: frame.base + index, reason });
    }
    for (const hit of found.hits) await this.#hit(hit, file);
  }

  /** Windows of correlations that are judged when they are over. */
  async end(): Promise<void> {
    const last = this.#correlator?.advance(Number.MAX_SAFE_INTEGER).matches ?? [];
    for (const match of last) await this.#tellCorrelation(match, null);
  }

  async #hit({ rules, ...about }: Hit, file: string): Promise<void> {
    const before = this.counts.matches;
    for (const { id, details, observations } of rules) {
      await this.#tell(id, { ...about, file, details });
      for (const observation of observations) {
        // Nothing grows old by receipt here: the files are all there is.
        for (const match of this.#correlator?.add(observation, 0) ?? [])
          await this.#tellCorrelation(match, about);
      }
    }
    if (this.counts.matches > before) this.counts.matchedEvents += 1;
  }

  async #tellCorrelation(
    { document, group, entries }: CorrelationMatch,
    about: Pick<About, 'host' | 'user'> | null,
  ): Promise<void> {
    const last = entries.at(-1);
    const named = (field: RegExp): string => group.find(([name]) => field.test(name))?.[1] ?? '';
    await this.#tell(document.id, {
      file: this.#files[last?.seq ?? 0] ?? '',
      eventIndex: last?.idx ?? 0,
      time: last?.time ?? null,
      host: about?.host ?? named(/host|computer/i),
      user: about?.user ?? named(/user/i),
      channel: '',
      eventCode: '',
      recordId: '',
      details: [
        ...group.map(([field, value]) => ({ field, value })),
        { field: 'events', value: String(entries.length) },
      ],
    });
  }

  async #tell(ruleId: string, about: About): Promise<void> {
    const rule = this.#told.has(ruleId) ? this.#rules.get(ruleId) : undefined;
    if (rule === undefined) return;
    this.counts.matches += 1;
    const { id, title, level, status, description, author, tags } = rule;
    const told = { id, title, level, status, description, author, tags };
    await this.#onMatch({ ruleId: id, rule: told, ...about });
  }
}
