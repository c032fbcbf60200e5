/** What a rule detects as a hash: two rules with the same one match the same events of a logsource. */
import { sha256Hex } from '../../base/ids.ts';
import type { Selection } from './detection.ts';
import type { SigmaRule } from './rule.ts';
import type { YamlScalar } from './yaml.ts';

/** By document, and not in it: a copy with another detection, as a filter makes one, must not take it along. */
const known = new WeakMap<SigmaRule, string>();

/**
 * SHA-256 of selections and conditions, filters included. What else a rule says, and on which lines, is not in it:
 * packs change dates and references far more often than what they detect.
 */
export function fingerprintOf(rule: SigmaRule): string {
  const found = known.get(rule);
  if (found !== undefined) return found;
  const { selections, conditions } = rule.detection;
  const essence = [[...selections].map(([name, selection]) => [name, essenceOf(selection)]), conditions];
  const made = sha256Hex(JSON.stringify(essence));
  known.set(rule, made);
  return made;
}

/** For who has kept it with the rule, so that nobody has to look at the detection for it. */
export function setFingerprint(rule: SigmaRule, fingerprint: string): void {
  known.set(rule, fingerprint);
}

function essenceOf(selection: Selection): unknown {
  if (selection.kind !== 'item') return [selection.kind, selection.items.map(essenceOf)];
  const { field, modifiers, values } = selection;
  return ['item', field, modifiers, values.map(essenceOfValue)];
}

function essenceOfValue({ value, text }: YamlScalar): unknown {
  return typeof value === 'string' ? text : [text, typeof value, String(value)];
}
