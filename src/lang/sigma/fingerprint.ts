/** What a rule detects as a hash: two rules with the same one match the same events of a logsource. */
import { sha256Hex } from '../../base/ids.ts';
import { packDetection } from './packed-detection.ts';
import type { SigmaRule } from './rule.ts';

/** By document, and not in it: a copy with another detection, as a filter makes one, must not take it along. */
const known = new WeakMap<SigmaRule, string>();

/** SHA-256 of the detection, filters included; nothing else of a rule is in it. Lines of the text are. */
export function fingerprintOf(rule: SigmaRule): string {
  const found = known.get(rule);
  if (found !== undefined) return found;
  const made = sha256Hex(JSON.stringify(packDetection(rule.detection)));
  known.set(rule, made);
  return made;
}

/** For who has kept it with the rule, so that nobody has to look at the detection for it. */
export function setFingerprint(rule: SigmaRule, fingerprint: string): void {
  known.set(rule, fingerprint);
}
