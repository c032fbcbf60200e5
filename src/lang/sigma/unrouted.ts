/** Rules whose logsource names what the mappings do not know. */
import type { Refusal } from './fault.ts';
import type { LogsourceMappings } from './mappings.ts';
import type { SigmaRule } from './rule.ts';

/** A Windows rule that no event can be routed to is silent for ever. */
export function unroutedWarnings(rule: SigmaRule, { product, names }: LogsourceMappings): readonly Refusal[] {
  const { logsource, file, line, id, title } = rule;
  if (logsource.product?.toLowerCase() !== product) return [];
  const warn = (kind: 'service' | 'category', known: readonly string[]): readonly Refusal[] => {
    const name = logsource[kind]?.toLowerCase();
    if (name === undefined || known.includes(name)) return [];
    const reason = `no ${product} event has the ${kind} ${name}: the rule sees only events whose sender says so`;
    return [{ file, line, id, title, reason, hint: `known are those of content/mappings/${product}.yml` }];
  };
  return [...warn('service', names.services), ...warn('category', names.categories)];
}
