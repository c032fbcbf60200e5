/** Priority: 0 to 100, with its reasons. */

/** What moved it. */
export const priorityFactors = [
  'severity',
  'asset',
  'rarity',
  'verdicts',
  'rules',
  'vendor',
  'limit',
] as const;

export interface PriorityReason {
  readonly factor: (typeof priorityFactors)[number];
  /** May be negative. */
  readonly points: number;
  /** `rule says high`, `asset is critical`, `first time on this host`. */
  readonly text: string;
}
