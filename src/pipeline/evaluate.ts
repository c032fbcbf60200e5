/** Evaluation: an event against the active rules, to detections with their evidence, and what stateful rules observe. Pure. */
import type { Instant } from '../base/clock.ts';
import { hashId } from '../base/ids.ts';
import {
  buildFastRuleSet,
  type CompiledRule,
  compileRule,
  type EventLogsource,
  eventReader,
  type FilterReading,
  feedsOf,
  type LogsourceMappings,
  observe,
  type ProgramStore,
  parseSigma,
  type RuleSet,
  type SigmaEvent,
} from '../lang/sigma/index.ts';
import { type Detection, type Evidence, evidencePerAlert, type MatchedField } from '../model/detection.ts';
import type { ParsedEvent } from '../model/event.ts';
import type { DetectionId, RuleId } from '../model/ids.ts';
import {
  type ActiveException,
  type ActiveRule,
  type ActiveStateful,
  type RefusedActive,
  readActive,
} from './active-rules.ts';
import type { BatchObservation } from './observations.ts';
import type { EventColumns, EventTime, Place } from './rows.ts';
import { plainReader, type RuleReader } from './rule-reader.ts';

export type { ActiveException, ActiveRule } from './active-rules.ts';

export interface Evaluator {
  /** Rules that are in force. */
  readonly size: number;
  /** Rules that could not be compiled, with the reason: a bug, since loading compiled them before. */
  readonly refused: readonly RefusedActive[];
  /** The rules that remember, which what matches here feeds. */
  readonly stateful: readonly ActiveStateful[];
  /** A fresh count of evidence; one per batch. */
  batch(): BatchEvaluator;
  /** Often the same object for events of one kind. */
  logsource(event: ParsedEvent): EventLogsource;
}

/** A record that is an event, and what was read off it. */
export interface ReadEvent {
  readonly event: ParsedEvent;
  readonly place: Place;
  readonly time: EventTime;
  readonly columns: EventColumns;
  readonly raw: Uint8Array;
  /** Name and version. */
  readonly parser: string;
}

/** Records of one buffer; null where one is no event, or part of an event that several records make. */
export interface ReadBatch {
  readonly buffer: Uint8Array;
  readonly offsets: Uint32Array;
  readonly events: readonly (ReadEvent | null)[];
}

export interface BatchEvaluator {
  /** What the events so far say to the stateful rules, in the order of the events. */
  readonly observations: readonly BatchObservation[];
  /** In the order of the records. */
  evaluateBatch(batch: ReadBatch): readonly Detection[];
  evaluate(event: ReadEvent): readonly Detection[];
}

export function createEvaluator(
  rules: readonly ActiveRule[],
  mappings: LogsourceMappings,
  reading: FilterReading = 'require',
  reader: RuleReader = plainReader(),
  programs?: ProgramStore,
): Evaluator {
  const compiled: CompiledRule[] = [];
  const read = readActive(rules, reading, reader);
  const refused = [...read.refused];
  const identity = new Map<CompiledRule, Known>();
  for (const { active, document } of read.rules) {
    const result = compileRule(document, { mappings, proven: reader.proven });
    if (result.ok) {
      reader.proven.add(document);
      compiled.push(result.value);
      identity.set(result.value, { active, exceptions: compiledExceptions(active, mappings, refused) });
    } else refused.push({ id: active.id, reason: result.error.reason });
  }
  for (const { document, exceptions } of read.stateful) {
    const { id, file } = document;
    compiledExceptions({ id: id as RuleId, path: file, exceptions }, mappings, refused);
  }
  const ruleSet = buildFastRuleSet(compiled, programs === undefined ? { mappings } : { mappings, programs });
  const { stateful, quiet } = read;
  const observer = createObserver(stateful, mappings);
  return {
    size: compiled.length,
    refused,
    stateful,
    batch: () => batchEvaluator(ruleSet, identity, observer, quiet),
    logsource: (event) => ruleSet.logsource(sigmaEventOf(event)),
  };
}

interface Known {
  readonly active: ActiveRule;
  readonly exceptions: readonly { readonly exception: ActiveException; readonly compiled: CompiledRule }[];
}

function compiledExceptions(
  { id, path, exceptions = [] }: Pick<ActiveRule, 'id' | 'path' | 'exceptions'>,
  mappings: LogsourceMappings,
  refused: RefusedActive[],
): Known['exceptions'] {
  return exceptions.flatMap((exception) => {
    const parsed = parseSigma(exception.source, path);
    const [document] = parsed.documents;
    const result = document === undefined ? null : compileRule(document, { mappings });
    if (result?.ok === true) return [{ exception, compiled: result.value }];
    const reason = result?.error.reason ?? parsed.refused[0]?.reason ?? 'no document';
    refused.push({ id, reason: `exception ${exception.id}: ${reason}` });
    return [];
  });
}

const hourMs = 3_600_000;

type Observer = (rule: CompiledRule, event: ParsedEvent, place: Place, time: EventTime) => BatchObservation[];

function createObserver(stateful: readonly ActiveStateful[], mappings: LogsourceMappings): Observer {
  const feeds = feedsOf(stateful);
  const hashes = new Map(stateful.map(({ document, hash }) => [document.id, hash]));
  return ({ rule }, event, { context, seq, idx }, { at }) => {
    if (!feeds.byRule.has(rule.id)) return [];
    const read = eventReader({ fields: event.native, logsource: event.logsource }, rule, mappings);
    return observe(feeds, rule.id, read, { time: at, seq, idx }).map((observation) => ({
      ...observation,
      tenant: context.tenant,
      hash: hashes.get(observation.rule) ?? '',
    }));
  };
}

function batchEvaluator(
  ruleSet: RuleSet,
  identity: ReadonlyMap<CompiledRule, Known>,
  observer: Observer,
  quiet: ReadonlySet<string>,
): BatchEvaluator {
  const evidenceGiven = new Map<string, number>();
  const observations: BatchObservation[] = [];

  function detectionsOf(matched: readonly CompiledRule[], read: ReadEvent): readonly Detection[] {
    const { event, place, time, columns, raw, parser } = read;
    const sigmaEvent = sigmaEventOf(event);
    // One copy of the bytes for all rules: structured clone keeps the sharing on its way to the main thread.
    let bytes: Uint8Array | null = null;
    return matched.flatMap((rule) => {
      const known = identity.get(rule);
      if (known === undefined) return [];
      const { active } = known;
      const fate = fateOf(known, sigmaEvent, place.receivedAt);
      // What is excepted counts for nothing; a rule that only observes still feeds others.
      if (fate?.exception === undefined) observations.push(...observer(rule, event, place, time));
      if (quiet.has(rule.rule.id)) return [];
      const hour = Math.floor(time.at / hourMs);
      const group = `${active.id}\n${columns.host.toLowerCase()}\n${columns.user}\n${hour}`;
      const given = evidenceGiven.get(group) ?? 0;
      let evidence: Evidence | null = null;
      if (given < evidencePerAlert && fate === null) {
        evidenceGiven.set(group, given + 1);
        bytes ??= raw.slice();
        evidence = evidenceOf(event, place, time, rule.explain(sigmaEvent), bytes, parser);
      }
      return [{ ...detectionOf(rule, active, place, time, columns, evidence), ...fate }];
    });
  }

  return {
    observations,
    evaluateBatch({ buffer, offsets, events }) {
      const matches: { readonly at: number; readonly rules: readonly CompiledRule[] }[] = [];
      const event = (at: number): SigmaEvent | null => {
        const read = events[at] ?? null;
        return read === null ? null : sigmaEventOf(read.event);
      };
      ruleSet.matchBatch({ buffer, offsets, event }, (at, rules) => matches.push({ at, rules }));
      // Evidence goes to the first events of a group, and what rules observe is told in the order of the events.
      matches.sort((a, b) => a.at - b.at);
      return matches.flatMap(({ at, rules }) => {
        const read = events[at] ?? null;
        return read === null ? [] : detectionsOf(rules, read);
      });
    },
    evaluate: (read) => detectionsOf(ruleSet.match(sigmaEventOf(read.event)), read),
  };
}

function sigmaEventOf({ native, logsource }: ParsedEvent): SigmaEvent {
  return { fields: native, logsource };
}

/** Null for a match that alerts. An exception is looked for even where the rule observes: it is counted by itself. */
function fateOf(
  { active, exceptions }: Known,
  event: Parameters<CompiledRule['matches']>[0],
  receivedAt: Instant,
): Pick<Detection, 'observed' | 'exception'> | null {
  const hit = exceptions.find(
    ({ exception, compiled }) =>
      (exception.expiresAt === null || receivedAt < exception.expiresAt) && compiled.matches(event),
  );
  if (hit !== undefined) return { exception: hit.exception.id };
  return active.observe === true ? { observed: true } : null;
}

function evidenceOf(
  event: ParsedEvent,
  place: Place,
  time: EventTime,
  matched: readonly MatchedField[],
  raw: Uint8Array,
  parser: string,
): Evidence {
  return {
    eventId: place.eventId,
    time: time.at,
    receivedAt: place.receivedAt,
    raw,
    native: event.native,
    matched,
    parser,
  };
}

function detectionOf(
  rule: CompiledRule,
  active: ActiveRule,
  place: Place,
  time: EventTime,
  columns: EventColumns,
  evidence: Evidence | null,
): Detection {
  return {
    id: hashId(place.context.tenant, active.id, active.hash, place.eventId) as DetectionId,
    tenant: place.context.tenant,
    ruleId: active.id,
    ruleHash: active.hash,
    title: rule.rule.title,
    severity: rule.rule.level,
    eventId: place.eventId,
    seq: place.seq,
    idx: place.idx,
    eventTime: time.at,
    host: columns.host,
    user: columns.user,
    source: place.context.source,
    ...(columns.src_ip === '' ? {} : { ips: [columns.src_ip] }),
    evidence,
  };
}
