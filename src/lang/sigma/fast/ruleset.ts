/** Many rules over one event, by index: the same answers as the plain rule set, in a small part of the time. */
import type { CompiledRule } from '../compile.ts';
import type { EventLogsource } from '../coverage.ts';
import type { Placeholders } from '../expand.ts';
import { wantedLogsource } from '../logsource.ts';
import type { LogsourceMappings } from '../mappings.ts';
import { batchSize, type EventBatch, type RuleSet } from '../ruleset.ts';
import type { Aliases, Fields } from '../view.ts';
import type { ProgramRule } from './build.ts';
import { CodeReader } from './codes.ts';
import { getOrAdd } from './get-or-add.ts';
import { programParts, type SharedParts } from './parts.ts';
import { Program } from './program.ts';
import { type Route, Router } from './route.ts';
import { type ProgramStore, programDataOf } from './store.ts';
import { CacheBudget } from './value-cache.ts';

export interface FastOptions {
  readonly mappings: LogsourceMappings;
  /** The values with which the rules were compiled. */
  readonly placeholders?: Placeholders;
  /** Bytes that remembered values may take, roughly; 24 MiB when absent, 0 to remember none. */
  readonly cacheBytes?: number;
  /** Where programs are kept; without it, each is built here. */
  readonly programs?: ProgramStore;
}

const defaultCacheBytes = 24 * 1_048_576;

/** Rules that ask for the same logsource. */
interface Bucket {
  readonly category: string | null;
  readonly rules: number[];
}

interface Compiled {
  readonly program: Program;
  readonly rules: readonly CompiledRule[];
}

/** A program is made when the first event of its logsource comes. */
export function buildFastRuleSet(rules: readonly CompiledRule[], options: FastOptions): RuleSet {
  const { mappings, placeholders = {} } = options;
  const shared: SharedParts = {
    budget: new CacheBudget(options.cacheBytes ?? defaultCacheBytes),
    reader: new CodeReader(),
  };
  const buckets = new Map<string, Bucket>();
  for (const [at, { rule }] of rules.entries()) {
    const { product, service, category } = wantedLogsource(rule.logsource);
    getOrAdd(buckets, keyOf(product, service, category), () => ({ category, rules: [] })).rules.push(at);
  }
  const programs = new Map<string, Compiled>();
  const aliasIds = new Map<string, number>();

  /** Of an event that no rule is for: null. Logsources with the same rules and names share a program. */
  function programFor(route: Route): Compiled | null {
    const found = bucketsFor(route, buckets);
    if (found.length === 0) return null;
    const aliasesOf = ({ category }: Bucket): Aliases =>
      (category === null ? undefined : route.categories.get(category)) ?? {};
    const key = found.map((bucket) => {
      const aliases = JSON.stringify(Object.entries(aliasesOf(bucket)));
      return `${bucket.rules[0]}/${getOrAdd(aliasIds, aliases, () => aliasIds.size)}`;
    });
    return getOrAdd(programs, key.join(' '), () => {
      const members = found.flatMap((bucket) =>
        bucket.rules.map((at) => ({ at, aliases: aliasesOf(bucket), compiled: rules[at] as CompiledRule })),
      );
      members.sort((a, b) => a.at - b.at);
      const units = members.map(({ compiled, aliases }): ProgramRule => ({ rule: compiled.rule, aliases }));
      const data = programDataOf(units, placeholders, options.programs);
      return {
        program: new Program(programParts(data, shared)),
        rules: members.map(({ compiled }) => compiled),
      };
    });
  }

  const router = new Router(mappings, (route) => {
    const { product, services, categories } = route;
    const logsource: EventLogsource = { product, services, categories: [...categories.keys()] };
    return { logsource, compiled: programFor(route) };
  });

  /**
   * By record of the batch at hand; one list for all batches. A list or a pair made for each would live until
   * the batch is done: V8 then makes them where nothing is collected soon, and with them keeps all events.
   */
  const fields: (Fields | null)[] = [];

  function matchBatch(batch: EventBatch, found: (at: number, rules: readonly CompiledRule[]) => void): void {
    // One program after the other: its tables then stay in the processor's caches.
    const waiting = new Map<Compiled, number[]>();
    for (let at = 0; at < batchSize(batch); at += 1) {
      const event = batch.event(at);
      const compiled = event === null ? null : router.find(event).compiled;
      fields[at] = event?.fields ?? null;
      if (compiled !== null) getOrAdd(waiting, compiled, () => []).push(at);
    }
    for (const [compiled, records] of waiting) {
      for (const at of records) {
        const matched = matchOf(compiled, fields[at] ?? null);
        if (matched.length > 0) found(at, matched);
      }
    }
    fields.fill(null);
  }

  return {
    size: rules.length,
    match: (event) => matchOf(router.find(event).compiled, event.fields),
    matchBatch,
    covers: (event) => router.find(event).compiled !== null,
    logsource: (event) => router.find(event).logsource,
  };
}

const noRules: readonly CompiledRule[] = [];

function matchOf(compiled: Compiled | null, fields: Fields | null): readonly CompiledRule[] {
  if (compiled === null || fields === null) return noRules;
  const matched = compiled.program.match(fields);
  return matched.length === 0 ? noRules : matched.map((at) => compiled.rules[at] as CompiledRule);
}

function keyOf(product: string | null, service: string | null, category: string | null): string {
  return JSON.stringify([product, service, category]);
}

/** Those of every combination that a rule for this event can ask for. */
function bucketsFor(route: Route, buckets: ReadonlyMap<string, Bucket>): readonly Bucket[] {
  const found: Bucket[] = [];
  for (const product of route.product === null ? [null] : [null, route.product]) {
    for (const service of [null, ...route.services]) {
      for (const category of [null, ...route.categories.keys()]) {
        const bucket = buckets.get(keyOf(product, service, category));
        if (bucket !== undefined) found.push(bucket);
      }
    }
  }
  return found;
}
