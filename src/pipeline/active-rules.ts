/** The rules in force, read and linked: filters in their rules, what feeds whom, and what can not be evaluated. */

import type { Instant } from '../base/clock.ts';
import { type FilterReading, resolveRules, type SigmaRule, type StatefulRule } from '../lang/sigma/index.ts';
import type { RuleId } from '../model/ids.ts';
import type { RuleReader } from './rule-reader.ts';

/** A rule as the pipeline gets it: its text and what identifies it. */
export interface ActiveRule {
  readonly id: RuleId;
  readonly hash: string;
  readonly source: string;
  readonly path: string;
  /** Its matches are counted and open no alert. */
  readonly observe?: boolean;
  readonly exceptions?: readonly ActiveException[];
}

/** An exception of a rule, as a Sigma rule of its own: what it matches too is excepted. */
export interface ActiveException {
  readonly id: string;
  readonly source: string;
  /** Events received from then on are not excepted; null for never. */
  readonly expiresAt: Instant | null;
}

export interface RefusedActive {
  readonly id: RuleId;
  readonly reason: string;
}

/** A rule that remembers, with the hash of its document: another document begins with another memory. */
export interface ActiveStateful extends StatefulRule {
  readonly hash: string;
  /** Its matches are counted and open no alert. */
  readonly observe: boolean;
  readonly exceptions: readonly ActiveException[];
}

export interface ReadActive {
  readonly rules: readonly { readonly active: ActiveRule; readonly document: SigmaRule }[];
  readonly stateful: readonly ActiveStateful[];
  /** Ids whose match is no detection by itself. */
  readonly quiet: ReadonlySet<string>;
  readonly refused: readonly RefusedActive[];
}

export function readActive(
  active: readonly ActiveRule[],
  reading: FilterReading,
  reader: RuleReader,
): ReadActive {
  const byId = new Map(active.map((rule) => [rule.id as string, rule]));
  const refused: RefusedActive[] = [];
  const parsed = active.map((rule) => {
    const file = reader.parse(rule.source, rule.path);
    const [first] = [...file.documents, ...file.filters, ...file.correlations, ...file.newTerms];
    if (first === undefined) {
      refused.push({ id: rule.id, reason: file.refused[0]?.reason ?? 'no document' });
    } else byId.set(first.id, rule);
    return file;
  });
  const resolved = resolveRules(
    {
      rules: parsed.flatMap(({ documents }) => documents),
      filters: parsed.flatMap(({ filters }) => filters),
      correlations: parsed.flatMap(({ correlations }) => correlations),
      newTerms: parsed.flatMap(({ newTerms }) => newTerms),
    },
    reading,
  );
  for (const { id, reason } of resolved.refused) {
    const rule = byId.get(id ?? '');
    if (rule !== undefined) refused.push({ id: rule.id, reason });
  }
  return {
    rules: resolved.rules.flatMap((document) => {
      const rule = byId.get(document.id);
      return rule === undefined ? [] : [{ active: rule, document }];
    }),
    stateful: resolved.stateful.flatMap((one) => {
      const rule = byId.get(one.document.id);
      if (rule === undefined) return [];
      const { hash, observe = false, exceptions = [] } = rule;
      return [{ ...one, hash, observe, exceptions }];
    }),
    quiet: resolved.quiet,
    refused,
  };
}
