/** Many rules over one event: only those for the event's logsource are evaluated. */
import type { CompiledRule } from './compile.ts';
import { type RoutedEvent, routeEvent, type SigmaEvent, wantedLogsource } from './logsource.ts';
import type { LogsourceMappings } from './mappings.ts';

export interface RuleSet {
  readonly size: number;
  /** The rules that match, in the order in which they were given. */
  match(event: SigmaEvent): readonly CompiledRule[];
  /** Some rule of the set looks at events of this logsource. */
  covers(event: SigmaEvent): boolean;
}

interface Entry {
  readonly index: number;
  readonly compiled: CompiledRule;
}

export function buildRuleSet(rules: readonly CompiledRule[], mappings: LogsourceMappings): RuleSet {
  const buckets = new Map<string, Entry[]>();
  for (const [index, compiled] of rules.entries()) {
    const wanted = wantedLogsource(compiled.rule.logsource);
    const key = keyOf(wanted.product, wanted.service, wanted.category);
    const bucket = buckets.get(key) ?? [];
    bucket.push({ index, compiled });
    buckets.set(key, bucket);
  }
  const candidates = (event: RoutedEvent): readonly Entry[] =>
    bucketKeys(event).flatMap((key) => buckets.get(key) ?? []);
  return {
    size: rules.length,
    match(event) {
      const routed = routeEvent(event, mappings);
      return candidates(routed)
        .filter(({ compiled }) => compiled.matchesRouted(routed))
        .sort((a, b) => a.index - b.index)
        .map(({ compiled }) => compiled);
    },
    covers: (event) => candidates(routeEvent(event, mappings)).length > 0,
  };
}

/** Every combination that a rule for this event can ask for. */
function bucketKeys(event: RoutedEvent): readonly string[] {
  const products = event.product === null ? [null] : [null, event.product];
  const services = [null, ...event.services];
  const categories = [null, ...event.categories];
  return products.flatMap((product) =>
    services.flatMap((service) => categories.map((category) => keyOf(product, service, category))),
  );
}

function keyOf(product: string | null, service: string | null, category: string | null): string {
  return JSON.stringify([product, service, category]);
}
