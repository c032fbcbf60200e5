/** Stored rows on which rules in SQL are compared with the engine. */
import { isUtf8 } from 'node:buffer';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths } from '../../src/app/paths.ts';
import type { Instant } from '../../src/base/clock.ts';
import { hashId } from '../../src/base/ids.ts';
import {
  buildRuleSet,
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  parseSigma,
  renderSql,
  type SigmaEvent,
  sqlBounds,
  type VerbatimParser,
} from '../../src/lang/sigma/index.ts';
import type { RecordContext } from '../../src/model/batch.ts';
import { type ContextId, type EventId, mainTenant, type SourceId } from '../../src/model/ids.ts';
import { createEvaluator } from '../../src/pipeline/evaluate.ts';
import { layOut } from '../../src/pipeline/lay-out.ts';
import { parseRecord } from '../../src/pipeline/parse.ts';
import { processBatch } from '../../src/pipeline/process.ts';
import type { Parser } from '../../src/plugins/define.ts';
import { chdbClient } from '../../src/store/chdb/client.ts';
import { openChdbEventStore } from '../../src/store/chdb/events.ts';
import type { AppendBatch, EventRow } from '../../src/store/events.ts';

export const context: RecordContext = {
  id: 'c'.repeat(32) as ContextId,
  tenant: mainTenant,
  source: 'test' as SourceId,
  decoder: 'json',
  transport: 'file',
};

/** What a rule in SQL says of rows, by their index. */
export interface Told {
  readonly possible: ReadonlySet<number>;
  readonly certain: ReadonlySet<number>;
  readonly uncertain: ReadonlySet<number>;
}

export type ChangeRow = (row: EventRow, idx: number) => EventRow;

export interface RuleRows {
  readonly mappings: LogsourceMappings;
  /** Stores records as the pipeline does, each row changed as told; answers the sequence they have. */
  store(lines: readonly string[], change?: ChangeRow): Promise<number>;
  /** What the parsers of today make of a record. */
  eventOf(line: string): SigmaEvent | null;
  /** Rules of a document that compile. */
  compiled(text: string): CompiledRule[];
  /** What each rule says of these rows of a sequence. */
  ask(rules: readonly CompiledRule[], seq: number, among: readonly number[]): Promise<readonly Told[]>;
  close(): Promise<void>;
}

export interface RowBatchOptions {
  readonly seq: number;
  readonly context: RecordContext;
  readonly parsers: readonly Parser[];
  readonly mappings: LogsourceMappings;
  readonly change?: ChangeRow;
  readonly receivedAt?: Instant;
}

/** Records as rows, as the pipeline makes them, each changed as told. */
export function rowBatch(records: readonly Buffer[], options: RowBatchOptions): AppendBatch {
  const { seq, context: of, parsers, mappings, change = (row) => row } = options;
  const { receivedAt = Date.UTC(2026, 10, 24) } = options;
  const { rows, stored } = processBatch(
    {
      seq,
      context: of,
      receivedAt,
      ...layOut(records),
      ids: records.map((_, i) => hashId(String(seq), String(i)) as EventId),
      flaws: new Map(records.flatMap((one, i) => (isUtf8(one) ? [] : [[i, 'invalid_utf8'] as const]))),
      skip: new Set(),
    },
    {
      parsers,
      evaluator: createEvaluator([], mappings),
      range: { earliest: 0, futureLimitMs: 86_400_000 },
    },
    { rows: true },
  );
  const changed = Buffer.from(rows)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, idx) => `${JSON.stringify(change(JSON.parse(line) as EventRow, idx))}\n`);
  return { seq, rows: Buffer.from(changed.join('')), count: stored };
}

export async function openRuleRows(
  parsers: readonly Parser[],
  verbatim: readonly VerbatimParser[],
): Promise<RuleRows> {
  const directory = await mkdtemp(join(tmpdir(), 'wf-rules-'));
  const events = await openChdbEventStore({ directory, fsync: false });
  await events.migrate();
  const probe = chdbClient(directory, 1);
  const mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
  let seq = 0;
  return {
    mappings,
    async store(lines, change) {
      seq += 1;
      const records = lines.map((line) => Buffer.from(line));
      await events.append([
        rowBatch(records, { seq, context, parsers, mappings, ...(change && { change }) }),
      ]);
      return seq;
    },
    eventOf(line) {
      const outcome = parseRecord(line, context, parsers);
      return outcome.kind === 'event'
        ? { fields: outcome.event.native, logsource: outcome.event.logsource }
        : null;
    },
    compiled: (text) =>
      parseSigma(text, 'x.yml').documents.flatMap((rule) => {
        const result = compileRule(rule, { mappings });
        return result.ok ? [result.value] : [];
      }),
    async ask(rules, of, among) {
      const params: Record<string, string | readonly string[] | readonly number[]> = { among };
      const columns = rules.flatMap(({ rule }, n) => {
        const bounds = sqlBounds(rule, { mappings, verbatim });
        if (!bounds.ok) throw new Error(bounds.error.reason);
        const letters = Array.from(String(n), (digit) => 'abcdefghij'.charAt(Number(digit))).join('');
        const { possible, certain, impossible } = bounds.value;
        const { texts, params: own } = renderSql({ possible, certain, impossible }, `rule${letters}x`);
        Object.assign(params, own);
        return Object.entries(texts).map(([side, where]) => `groupArrayIf(idx, ${where}) AS r${n}_${side}`);
      });
      const row: Record<string, readonly number[]> = {};
      for (const some of packed(columns)) {
        const sql = `SELECT ${some.join(', ')} FROM watchfloor.events WHERE seq = ${of} AND idx IN {among:Array(UInt32)}`;
        let text = '';
        for await (const piece of probe.ndjson(sql, params)) text += piece;
        Object.assign(row, JSON.parse(text));
      }
      const side = (n: number, name: string) => new Set(row[`r${n}_${name}`]);
      return rules.map((_, n) => {
        const [possible, certain, impossible] = [
          side(n, 'possible'),
          side(n, 'certain'),
          side(n, 'impossible'),
        ];
        // As `uncertain` has it, which asks for all three once more.
        const uncertain = [...possible].filter((idx) => !certain.has(idx) && !impossible.has(idx));
        return { possible, certain, uncertain: new Set(uncertain) };
      });
    },
    async close() {
      await probe.close();
      await events.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The engine refuses statements of more than 256 KiB. */
const longest = 200_000;

function packed(columns: readonly string[]): readonly (readonly string[])[] {
  const statements: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const column of columns) {
    if (length + column.length > longest) {
      statements.push([]);
      length = 0;
    }
    statements.at(-1)?.push(column);
    length += column.length;
  }
  return statements;
}

export interface Outcome {
  /** What SQL says that the engine does not: for people, by rule and record. */
  readonly faults: readonly string[];
  /** Rules that matched something. */
  readonly matched: number;
  /** Pairs of rule and row: all, those possible, the matches, and the matches that SQL is certain of. */
  readonly pairs: number;
  readonly possible: number;
  readonly matches: number;
  readonly certain: number;
}

/** Rules asked of the store in one statement. */
const atOnce = 25;

/**
 * Rules over stored rows, by SQL and by the engine: each rule over the rows that it or its neighbours match, and over
 * every `every`th of the others.
 */
export async function compareRules(
  rows: RuleRows,
  rules: readonly CompiledRule[],
  lines: readonly string[],
  { every = 1, change }: { readonly every?: number; readonly change?: ChangeRow } = {},
): Promise<Outcome> {
  const of = await rows.store(lines, change);
  const matched = matchesOf(rows, rules, lines);
  const total = { pairs: 0, possible: 0, matches: 0, certain: 0, matched: matched.size };
  const faults: string[] = [];
  for (let at = 0; at < rules.length; at += atOnce) {
    const part = rules.slice(at, at + atOnce);
    const asked = new Set(part.flatMap((one) => [...(matched.get(one) ?? [])]));
    for (let idx = at % every; idx < lines.length; idx += every) asked.add(idx);
    for (const [n, told] of (await rows.ask(part, of, [...asked])).entries()) {
      const compiled = part[n] as CompiledRule;
      const matches = matched.get(compiled) ?? new Set<number>();
      const fault = (why: string, idx: number) =>
        faults.push(`${why}: ${compiled.rule.title}: ${lines[idx]?.slice(0, 300)}`);
      for (const idx of matches) {
        if (!told.possible.has(idx)) fault('left out', idx);
        if (!told.certain.has(idx) && !told.uncertain.has(idx)) fault('not looked at', idx);
      }
      for (const idx of told.certain) {
        if (!matches.has(idx)) fault('certain and wrong', idx);
        if (told.uncertain.has(idx)) fault('counted twice', idx);
      }
      total.pairs += asked.size;
      total.possible += told.possible.size;
      total.matches += matches.size;
      total.certain += told.certain.size;
    }
  }
  return { ...total, faults };
}

function matchesOf(
  rows: RuleRows,
  rules: readonly CompiledRule[],
  lines: readonly string[],
): ReadonlyMap<CompiledRule, ReadonlySet<number>> {
  const set = buildRuleSet(rules, rows.mappings);
  const matched = new Map<CompiledRule, Set<number>>();
  for (const [idx, line] of lines.entries()) {
    const event = rows.eventOf(line);
    for (const one of event === null ? [] : set.match(event)) {
      matched.set(one, (matched.get(one) ?? new Set()).add(idx));
    }
  }
  return matched;
}
