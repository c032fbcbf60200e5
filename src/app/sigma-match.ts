/** `sigma match`: rules against a file of events, outside of any running service. */
import { readFile } from 'node:fs/promises';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  buildRuleSet,
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  type Placeholders,
  parseMappings,
  parseSigma,
  type Refusal,
  type RuleSet,
  type SigmaEvent,
} from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import type { Logsource } from '../model/event.ts';
import { type ContextId, mainTenant, type SourceId } from '../model/ids.ts';
import { parseRecord } from '../pipeline/parse.ts';
import type { Parser } from '../plugins/define.ts';
import { paths } from './paths.ts';
import { type EventLine, readEventLines } from './sigma-match-lines.ts';

export interface SigmaMatch {
  readonly ruleId: string;
  /** Position among the non-empty lines, from 0. */
  readonly eventIndex: number;
  readonly rule: CompiledRule['rule'];
}

/** A line that could not be read as an event. */
export interface UnreadLine {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly eventIndex: number;
  readonly reason: string;
}

export interface SigmaMatchOptions {
  readonly rulesPath: string;
  /** NDJSON, `.gz` allowed; `-` is standard input. */
  readonly eventsPath: string;
  readonly parsers: readonly Parser[];
  /** Awaited before the next match is looked for. */
  readonly onMatch: (match: SigmaMatch) => unknown;
  readonly onUnread?: (line: UnreadLine) => void;
  readonly signal?: AbortSignal;
  readonly placeholders?: Placeholders;
  /** For events that no parser takes: their JSON is read as it is, under this logsource. */
  readonly logsource?: Logsource;
  /** The product's own by default. */
  readonly mappings?: LogsourceMappings;
  /** Where to read when `eventsPath` is `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

export interface SigmaMatchSummary {
  /** YAML files read. */
  readonly files: number;
  /** Other files in the rules' place. */
  readonly ignoredFiles: number;
  readonly loaded: number;
  readonly refused: readonly Refusal[];
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

export async function runSigmaMatch(options: SigmaMatchOptions): Promise<SigmaMatchSummary> {
  const mappings = options.mappings ?? (await ownMappings());
  const rules = await loadRules(options, mappings);
  const set = buildRuleSet(rules.compiled, mappings);
  // Rules are loaded once; what the rate describes is the matching.
  const started = process.hrtime.bigint();
  const counts = await matchEvents(options, set);
  const durationMs = Number(process.hrtime.bigint() - started) / 1e6;
  return {
    files: rules.files,
    ignoredFiles: rules.ignored,
    loaded: rules.compiled.length,
    refused: rules.refused,
    ...counts,
    durationMs,
    eventsPerSecond: durationMs === 0 ? 0 : Math.round((counts.events * 1000) / durationMs),
  };
}

async function ownMappings(): Promise<LogsourceMappings> {
  return parseMappings(await readFile(paths.mappings, 'utf8'));
}

interface LoadedRules {
  readonly files: number;
  readonly ignored: number;
  readonly compiled: readonly CompiledRule[];
  readonly refused: readonly Refusal[];
}

async function loadRules(options: SigmaMatchOptions, mappings: LogsourceMappings): Promise<LoadedRules> {
  const { signal, placeholders } = options;
  const pack = await readRuleFiles(options.rulesPath, signal);
  const compiled = new Map<string, CompiledRule>();
  const refused: Refusal[] = [...pack.refused];
  for (const file of pack.files) {
    signal?.throwIfAborted();
    const parsed = parseSigma(file.content, file.path);
    refused.push(...parsed.refused);
    for (const rule of parsed.documents) {
      const result = compileRule(
        rule,
        placeholders === undefined ? { mappings } : { mappings, placeholders },
      );
      const twin = compiled.get(rule.id);
      if (!result.ok) refused.push(result.error);
      else if (twin === undefined) compiled.set(rule.id, result.value);
      else refused.push(duplicate(result.value, twin));
    }
  }
  return { files: pack.files.length, ignored: pack.ignored, compiled: [...compiled.values()], refused };
}

function duplicate({ rule }: CompiledRule, twin: CompiledRule): Refusal {
  const reason = `the id is taken by ${twin.rule.file} (line ${twin.rule.line})`;
  return { file: rule.file, line: rule.line, id: rule.id, title: rule.title, reason };
}

type Counts = Pick<
  SigmaMatchSummary,
  'events' | 'unparsed' | 'unparsedByReason' | 'matches' | 'unroutedEvents'
>;

async function matchEvents(options: SigmaMatchOptions, set: RuleSet): Promise<Counts> {
  let events = 0;
  let matches = 0;
  let unroutedEvents = 0;
  let unparsed = 0;
  const unparsedByReason: Record<string, number> = {};
  for await (const line of readEventLines(options.eventsPath, options.stdin, options.signal)) {
    const eventIndex = events;
    events += 1;
    const read = readEvent(line, options);
    if (typeof read === 'string') {
      unparsed += 1;
      unparsedByReason[read] = (unparsedByReason[read] ?? 0) + 1;
      options.onUnread?.({ line: line.number, eventIndex, reason: read });
      continue;
    }
    if (!set.covers(read)) unroutedEvents += 1;
    for (const { rule } of set.match(read)) {
      matches += 1;
      await options.onMatch({ ruleId: rule.id, eventIndex, rule });
    }
  }
  return { events, unparsed, unparsedByReason, matches, unroutedEvents };
}

const context: RecordContext = {
  id: 'sigma-match' as ContextId,
  tenant: mainTenant,
  source: 'sigma-match' as SourceId,
  decoder: 'json',
  transport: 'file',
};

/** The event, or why there is none. */
function readEvent(line: EventLine, options: SigmaMatchOptions): SigmaEvent | string {
  if (line.flaw !== null) return line.flaw;
  const outcome = parseRecord(line.text, context, options.parsers);
  if (outcome.kind === 'event') return { fields: outcome.event.native, logsource: outcome.event.logsource };
  if (outcome.reason !== 'unknown_format' || options.logsource === undefined) return outcome.reason;
  return { fields: JSON.parse(line.text) as Readonly<Record<string, unknown>>, logsource: options.logsource };
}
