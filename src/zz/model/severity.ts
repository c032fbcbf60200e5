/** Severity, as Sigma's `level` names it (specification 2.1.0, section "Level"). */

export const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** 0 (informational) to 4 (critical), for sorting. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}
