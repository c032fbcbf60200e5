/** Many rules over one event: only those for the event's logsource are evaluated. */
import type { CompiledRule } from './compile.ts';
import { type EventLogsource, eventLogsource } from './coverage.ts';
import {
  type RoutedEvent,
  routeEvent,
  type SigmaEvent,
  type WantedLogsource,
  wantedLogsource,
} from './logsource.ts';
import type { LogsourceMappings } from './mappings.ts';

/** Records as they came, and what each was read as. */
export interface EventBatch {
  readonly buffer: Uint8Array;
  /** Record `at` is the bytes from `offsets[2 * at]` up to `offsets[2 * at + 1]`. */
  readonly offsets: Uint32Array;
  /** Null where the record is no event. Asked at most once for each, and not at all where its bytes are enough. */
  event(at: number): SigmaEvent | null;
}

export interface RuleSet {
  readonly size: number;
  /** Tells of each record that rules match, in any order. */
  matchBatch(batch: EventBatch, found: (at: number, rules: readonly CompiledRule[]) => void): void;
  /** The rules that match, in the order in which they were given. */
  match(event: SigmaEvent): readonly CompiledRule[];
  /** Some rule of the set looks at events of this logsource. */
  covers(event: SigmaEvent): boolean;
  /** What the event's logsource can be called. Often the same object for events of one kind. */
  logsource(event: SigmaEvent): EventLogsource;
}

interface Entry {
  readonly index: number;
  readonly compiled: CompiledRule;
}

/** The rules for one logsource: all of them read an event by the same names. */
interface Bucket {
  readonly category: string | null;
  readonly entries: Entry[];
}

/** Product, service and category (null: the rules ask for none) to the rules for them. */
type Buckets = Map<string | null, Map<string | null, Map<string | null, Bucket>>>;

/** Number of its records. */
export function batchSize({ offsets }: EventBatch): number {
  return offsets.length >> 1;
}

export function buildRuleSet(rules: readonly CompiledRule[], mappings: LogsourceMappings): RuleSet {
  const buckets: Buckets = new Map();
  for (const [index, compiled] of rules.entries()) {
    bucketOf(buckets, wantedLogsource(compiled.rule.logsource)).entries.push({ index, compiled });
  }
  function match(event: SigmaEvent): readonly CompiledRule[] {
    const routed = routeEvent(event, mappings);
    const found: Entry[] = [];
    for (const { category, entries } of bucketsFor(routed, buckets)) {
      const view = routed.view(category);
      for (const entry of entries) if (entry.compiled.matchesFields(view)) found.push(entry);
    }
    return found.sort((a, b) => a.index - b.index).map(({ compiled }) => compiled);
  }

  return {
    size: rules.length,
    match,
    matchBatch(batch, found) {
      for (let at = 0; at < batchSize(batch); at += 1) {
        const event = batch.event(at);
        const matched = event === null ? [] : match(event);
        if (matched.length > 0) found(at, matched);
      }
    },
    covers: (event) => bucketsFor(routeEvent(event, mappings), buckets).length > 0,
    logsource: (event) => eventLogsource(event, mappings),
  };
}

function bucketOf(buckets: Buckets, { product, service, category }: WantedLogsource): Bucket {
  const services = getOrAdd(buckets, product, () => new Map());
  const categories = getOrAdd(services, service, () => new Map());
  return getOrAdd(categories, category, () => ({ category, entries: [] }));
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Those of every combination that a rule for this event can ask for. */
function bucketsFor(event: RoutedEvent, buckets: Buckets): readonly Bucket[] {
  const found: Bucket[] = [];
  for (const product of event.product === null ? [null] : [null, event.product]) {
    const services = buckets.get(product);
    if (services === undefined) continue;
    for (const service of [null, ...event.services]) {
      const categories = services.get(service);
      if (categories === undefined) continue;
      for (const category of [null, ...event.categories]) {
        const bucket = categories.get(category);
        if (bucket !== undefined) found.push(bucket);
      }
    }
  }
  return found;
}
