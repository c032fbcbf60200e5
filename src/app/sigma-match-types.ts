/** What `sigma match` is asked, and what it tells. */
import type { FilterReading, Level, LogsourceMappings, Placeholders, Refusal } from '../lang/sigma/index.ts';
import type { Logsource } from '../model/event.ts';
import type { Format } from '../pipeline/formats/guess.ts';
import type { RuleCacheOptions } from '../pipeline/rule-cache.ts';
import type { Parser } from '../plugins/define.ts';
import type { RuleSelection, TimeSelection } from './sigma-match-select.ts';

/** What is told of the rule that matched. */
export interface MatchedRule {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly status: string | null;
  readonly description: string;
  readonly author: string;
  readonly tags: readonly string[];
}

/** A field that made the rule match, and its value in the event. */
export interface MatchDetail {
  readonly field: string;
  readonly value: string;
}

/** What is told of the event that matched. */
export interface EventFacts {
  /** Position among the records of the file, from 0; blank lines are none. Of a correlation: that of the event that completed it. */
  readonly eventIndex: number;
  /** Event time, ms; null when the event has none. */
  readonly time: number | null;
  readonly host: string;
  readonly user: string;
  /** Windows channel, else what the logsource is called; empty for a correlation. */
  readonly channel: string;
  /** Windows event id and record number; empty where there is none. */
  readonly eventCode: string;
  readonly recordId: string;
}

export interface SigmaMatch extends EventFacts {
  readonly ruleId: string;
  /** The file as it was named, a member of an archive as `archive.zip/member`; `-` for standard input. */
  readonly file: string;
  readonly rule: MatchedRule;
  /** Empty unless they are asked for. */
  readonly details: readonly MatchDetail[];
}

/** A record that could not be read as an event. */
export interface UnreadRecord {
  readonly file: string;
  /** Line of the file where its format has lines, else the number of the record; from 1. */
  readonly line: number;
  readonly eventIndex: number;
  readonly reason: string;
}

/** A file that was not read, or not to its end. */
export interface UnreadFile {
  readonly file: string;
  readonly reason: string;
}

/** How far the reading has come. */
export interface MatchProgress {
  /** An archive is read to know what is in it, before anything else. */
  archive(path: string): void;
  /** Told once, of all that will be read. `bytes`: null when that is not known. */
  begin(files: number, bytes: number | null): void;
  file(label: string): void;
  /** Bytes of the file that were taken. */
  sent(bytes: number): void;
  report(now: { readonly read: number; readonly what: string; readonly matches: number }): void;
  /** The file ends, with the records that were in it. */
  done(read: number, size: number | null): void;
}

export interface SigmaMatchOptions {
  readonly rulesPath: string | readonly string[];
  /** Files, folders, patterns, zip and tar archives; `-` is standard input. */
  readonly eventsPath: string | readonly string[];
  /** Files that are not read although they lie there: those that are being written. */
  readonly exceptFiles?: readonly string[];
  readonly parsers: readonly Parser[];
  /** Awaited before the next match is looked for. */
  readonly onMatch: (match: SigmaMatch) => unknown;
  readonly onUnread?: (record: UnreadRecord) => void;
  readonly onUnreadFile?: (file: UnreadFile) => void;
  readonly progress?: MatchProgress;
  /** Ends the run after the records that are at hand; the summary says so. */
  readonly signal?: AbortSignal;
  readonly placeholders?: Placeholders;
  /** What the condition of a filter means; `require` by default. */
  readonly reading?: FilterReading;
  /** For events that no parser takes: their fields are read as they are, under this logsource. */
  readonly logsource?: Logsource;
  /** The product's own by default. */
  readonly mappings?: LogsourceMappings;
  /** Where to read when `eventsPath` is `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What all files are; by the first bytes of each when absent. */
  readonly format?: Format;
  /** IANA zone of times that name none; UTC when absent. */
  readonly zone?: string;
  /** Whether the values by which rules matched are wanted. */
  readonly details?: boolean;
  /** Threads that look at events, 0 for the caller's own; by the amount and the machine's cores when absent. */
  readonly threads?: number;
  /** Where rules that were read once are kept. */
  readonly cache?: RuleCacheOptions;
  readonly select?: RuleSelection;
  readonly within?: TimeSelection;
}

export interface SigmaMatchSummary {
  /** YAML files read. */
  readonly files: number;
  /** Other files in the rules' place. */
  readonly ignoredFiles: number;
  /** Detection, correlation and new terms rules that took part. */
  readonly loaded: number;
  readonly refused: readonly Refusal[];
  readonly warnings: readonly Refusal[];
  readonly eventFiles: number;
  /** Files that were not read, or not to their end. */
  readonly unreadFiles: readonly UnreadFile[];
  /** True when it was stopped before the end of the last file. */
  readonly interrupted: boolean;
  /** Records; blank lines are none. */
  readonly events: number;
  readonly unparsed: number;
  readonly unparsedByReason: Readonly<Record<string, number>>;
  /** Events outside of the time that was asked for. */
  readonly outOfTime: number;
  /** Events with at least one match that was told. */
  readonly matchedEvents: number;
  readonly matches: number;
  /** Events of a logsource that no loaded rule looks at. */
  readonly unroutedEvents: number;
  /** Threads that looked at events; 0: the caller's own. */
  readonly threads: number;
  readonly durationMs: number;
  readonly eventsPerSecond: number;
}
