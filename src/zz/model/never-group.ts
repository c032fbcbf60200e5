/** Which entities never make alerts belong together: patterns, compiled once. */
import { rangeTest } from '../base/network.ts';
import type { EntityKind } from './entity.ts';

export interface NeverGroupPattern {
  readonly kind: Exclude<EntityKind, 'source'>;
  readonly pattern: string;
  readonly reason: string;
}

export interface NeverGroup {
  /** Why not, or null where it may group. Names in any case. */
  reason(kind: EntityKind, name: string): string | null;
}

/** Nothing is on the list. */
export const noNeverGroup: NeverGroup = { reason: () => null };

interface Test {
  readonly reason: string;
  matches(name: string): boolean;
}

/** Throws a plain Error for an `ip` that is neither address nor range: callers check before (`rangeTest`). */
export function compileNeverGroup(patterns: readonly NeverGroupPattern[]): NeverGroup {
  const exact = new Map<string, string>();
  const tests: Record<NeverGroupPattern['kind'], Test[]> = { host: [], user: [], ip: [] };
  for (const { kind, pattern, reason } of patterns) {
    if (kind === 'ip') {
      const matches = rangeTest(pattern);
      if (matches === null) throw new Error(`${pattern} is neither an address nor a range`);
      tests.ip.push({ reason, matches });
    } else if (pattern.includes('*')) {
      const form = wildcard(pattern);
      tests[kind].push({ reason, matches: (name) => form.test(name) });
    } else {
      exact.set(`${kind}:${pattern.toLowerCase()}`, reason);
    }
  }
  return {
    reason(kind, name) {
      if (kind === 'source') return null;
      const known = exact.get(`${kind}:${name.toLowerCase()}`);
      return known ?? tests[kind].find((test) => test.matches(name))?.reason ?? null;
    },
  };
}

/** Literal parts in order, each looked for once: no pattern can make it slow. */
function wildcard(pattern: string): { test(name: string): boolean } {
  const parts = pattern.toLowerCase().split('*');
  const [head = '', ...rest] = parts;
  const tail = rest.pop() ?? '';
  return {
    test(name) {
      const text = name.toLowerCase();
      if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail))
        return false;
      let at = head.length;
      for (const part of rest) {
        const found = text.indexOf(part, at);
        if (found === -1) return false;
        at = found + part.length;
      }
      return at <= text.length - tail.length;
    },
  };
}
