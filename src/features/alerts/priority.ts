/** Priority: 0 to 100, the sum of its reasons. */

import type { Verdict } from '../../model/alert.ts';
import type { EntityKind } from '../../model/entity.ts';
import type { PriorityReason } from '../../model/priority.ts';
import type { Severity } from '../../model/severity.ts';

export interface PriorityFacts {
  readonly severity: Severity;
  /** Who says so: `rule`, `Microsoft Defender XDR`, `Ana Lyst`. */
  readonly saidBy: string;
  /** The highest value among its entities, 1 to 5; null where none is known. */
  readonly value: number | null;
  readonly entityKind: EntityKind;
  /** Alerts of the same rule and entity before it. */
  readonly earlier: number;
  /** How the last of them was closed. */
  readonly lastVerdict: Verdict | null;
  /** The product that found it holds it for resolved. */
  readonly resolved: boolean;
}

export const severityPoints: Readonly<Record<Severity, number>> = {
  informational: 10,
  low: 25,
  medium: 45,
  high: 65,
  critical: 80,
};

const valueNames = ['low', 'below average', 'average', 'high', 'critical'] as const;
const valuePoints = [-10, -5, 0, 8, 15] as const;
/** From this many earlier alerts on, one more is nothing rare. */
const often = 5;

export interface Priority {
  readonly points: number;
  readonly reasons: readonly PriorityReason[];
}

export function priorityOf(facts: PriorityFacts): Priority {
  const { severity, saidBy, value, entityKind, earlier, lastVerdict, resolved } = facts;
  const reasons: PriorityReason[] = [
    { factor: 'severity', points: severityPoints[severity], text: `${saidBy} says ${severity}` },
  ];
  const points = value === null ? 0 : (valuePoints[value - 1] ?? 0);
  if (value !== null && points !== 0)
    reasons.push({ factor: 'asset', points, text: `asset value is ${valueNames[value - 1]}` });
  if (entityKind !== 'source') {
    const here = `on this ${entityKind === 'ip' ? 'address' : entityKind}`;
    if (earlier === 0) reasons.push({ factor: 'rarity', points: 6, text: `first time ${here}` });
    if (earlier >= often)
      reasons.push({ factor: 'rarity', points: -4, text: `alerted ${earlier} times before ${here}` });
  }
  if (lastVerdict === 'false_positive' || lastVerdict === 'benign_positive')
    reasons.push({ factor: 'verdicts', points: -10, text: `last closed as ${words(lastVerdict)}` });
  if (lastVerdict === 'true_positive')
    reasons.push({ factor: 'verdicts', points: 6, text: 'last closed as true positive' });
  if (resolved)
    reasons.push({ factor: 'vendor', points: -15, text: 'resolved in the product that found it' });
  return limited(reasons);
}

/** Of an incident: that of its most urgent alert, and more for several rules. */
export function incidentPriority(lead: readonly PriorityReason[], rules: number): Priority {
  const points = rules >= 6 ? 10 : rules >= 4 ? 8 : rules === 3 ? 5 : rules === 2 ? 3 : 0;
  const own = lead.filter((reason) => reason.factor !== 'limit');
  return limited(
    points === 0 ? own : [...own, { factor: 'rules', points, text: `${rules} different rules` }],
  );
}

/** Kept in 0 to 100, with the rest as a reason of its own, so that the points always add up. */
export function limited(reasons: readonly PriorityReason[]): Priority {
  const sum = reasons.reduce((total, reason) => total + reason.points, 0);
  const points = Math.min(100, Math.max(0, sum));
  return points === sum
    ? { points, reasons }
    : {
        points,
        reasons: [...reasons, { factor: 'limit', points: points - sum, text: 'kept within 0 to 100' }],
      };
}

function words(verdict: Verdict): string {
  return verdict === 'benign_positive' ? 'benign' : verdict.replaceAll('_', ' ');
}
