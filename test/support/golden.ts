/** Golden files of parsers: raw records, and what must become of each. */
import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import type { RecordContext } from '../../src/model/batch.ts';
import type { ContextId, SourceId } from '../../src/model/ids.ts';
import { mainTenant } from '../../src/model/ids.ts';
import { missingRequired, unknownAttributes } from '../../src/model/ocsf.ts';
import { claimants, parseRecord, type RecordOutcome } from '../../src/pipeline/parse.ts';
import type { Parser } from '../../src/plugins/define.ts';

const common = {
  /** A sentence that says what the case is for. */
  name: z.string().min(1),
  /** The record: its text, or a JSON object written out. */
  raw: z.union([z.string(), z.record(z.string(), z.unknown())]),
  /** Where the record's context differs from `goldenContext`. */
  context: z
    .strictObject({
      decoder: z.enum(['json', 'xml', 'table', 'text']).exactOptional(),
      transport: z.enum(['file', 'http', 'udp', 'tcp']).exactOptional(),
      file: z.string().exactOptional(),
      peer: z.string().exactOptional(),
      month: z.string().exactOptional(),
      zone: z.string().exactOptional(),
      header: z.string().exactOptional(),
      mapping: z.string().exactOptional(),
    })
    .optional(),
};

/** Exactly one of `fields`, `unparsed` and `accepts: false`. */
const GoldenCase = z.union([
  /**
   * Dotted path (`native.…`, `ocsf.…`, `logsource.…`, `finding.…`, `group`, or `time` as ISO 8601) → value; `null`
   * also for nothing there.
   */
  z.strictObject({ ...common, fields: z.record(z.string(), z.unknown()) }),
  z.strictObject({ ...common, unparsed: z.string() }),
  z.strictObject({ ...common, accepts: z.literal(false) }),
]);
export type GoldenCase = z.infer<typeof GoldenCase>;

/** Throws when the file is not a list of golden cases. */
export function readGolden(path: string): GoldenCase[] {
  const content: unknown = load(readFileSync(path, 'utf8'), { schema: CORE_SCHEMA, filename: path });
  const parsed = z.array(GoldenCase).safeParse(content);
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function isPositive(one: GoldenCase): boolean {
  return 'fields' in one && Object.keys(one.fields).length > 0;
}

export function isNearMiss(one: GoldenCase): boolean {
  return !('fields' in one);
}

/** A context as a file import would give it; its decoder is for records that are JSON. */
export const goldenContext: RecordContext = {
  id: '0'.repeat(32) as ContextId,
  tenant: mainTenant,
  source: 'golden' as SourceId,
  decoder: 'json',
  transport: 'file',
  file: 'golden.ndjson',
  month: '2026-03',
};

export function rawOf({ raw }: GoldenCase): string {
  return typeof raw === 'string' ? raw : JSON.stringify(raw);
}

/** The context that a case's record is received in. */
export function contextOf(one: GoldenCase): RecordContext {
  const raw = typeof one.raw === 'string' ? one.raw : '{';
  const decoder = raw.startsWith('{') ? 'json' : raw.startsWith('<Event') ? 'xml' : 'text';
  return { ...goldenContext, decoder, ...one.context };
}

/** Value at a dotted path; a name that has dots itself is found too, since the longest name is tried first. */
function valueAt(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (!Object.hasOwn(record, name)) continue;
    return end === path.length ? record[name] : valueAt(record[name], path.slice(end + 1));
  }
  return undefined;
}

export interface GoldenOutcome {
  /** What the case asks for, and what the parser answered: to be compared as they are. */
  readonly expected: unknown;
  readonly actual: unknown;
  /** OCSF attributes that the class requires and the event lacks, or that OCSF does not know. */
  readonly ocsfProblems: readonly string[];
}

/**
 * Runs one case through the same routing as the pipeline, among all parsers: a record that belongs to `parser`
 * must be taken by it and by no other one.
 */
export function runGolden(parser: Parser, one: GoldenCase, all: readonly Parser[] = [parser]): GoldenOutcome {
  const raw = rawOf(one);
  const context = contextOf(one);
  const rivals = claimants(raw, context, all).filter(({ parsers }) => parsers.length > 1);
  if (rivals.length > 0) return { expected: 'one parser', actual: rivals, ocsfProblems: [] };
  const outcome = parseRecord(raw, context, all);
  const accepts = outcome.parser?.name === parser.name;
  if ('accepts' in one || !accepts) {
    return {
      expected: { accepts: !('accepts' in one) },
      actual: { accepts, ...('accepts' in one || accepts ? {} : { outcome: describe(outcome) }) },
      ocsfProblems: [],
    };
  }
  if ('unparsed' in one || outcome.kind === 'unparsed') {
    const expected = 'unparsed' in one ? { unparsed: one.unparsed } : 'an event';
    const actual = outcome.kind === 'unparsed' ? { unparsed: outcome.reason } : 'an event';
    return { expected, actual, ocsfProblems: [] };
  }
  const { event } = outcome;
  const time = event.time === null ? null : new Date(event.time).toISOString();
  const { native, ocsf, logsource, finding, group } = event;
  const views = { native, ocsf, logsource, finding, group, time };
  const actual = Object.fromEntries(
    Object.keys(one.fields).map((path) => [path, valueAt(views, path) ?? null]),
  );
  // A record without a time can't have one in OCSF either.
  const missing = missingRequired(ocsf).filter((name) => name !== 'time' || time !== null);
  return { expected: one.fields, actual, ocsfProblems: [...missing, ...unknownAttributes(ocsf)] };
}

function describe(outcome: RecordOutcome): string {
  const by = outcome.parser?.name ?? 'no parser';
  return outcome.kind === 'event' ? `an event by ${by}` : `${outcome.reason} by ${by}`;
}
