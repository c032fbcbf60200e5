/** Searching stored events: words that the store, the service and the console share. */

/** `event`: when it happened. `received`: when it came in. */
export const timeBases = ['event', 'received'] as const;
export type TimeBasis = (typeof timeBases)[number];

/** Why an answer is not whole. `limit`: more match than were asked for; the others are caps of the service. */
export type PartialReason = 'limit' | 'examined' | 'time' | 'memory';
