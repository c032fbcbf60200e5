/** Rules that remember: Sigma's correlations and new terms. Pure: time and events are handed in. */

export type { CorrelationType } from './comparisons.ts';
export { type CorrelationMatch, type Correlator, createCorrelator } from './correlator.ts';
export type { Entry, Place } from './entries.ts';
export { readNewTerms, type SigmaNewTerms } from './new-terms.ts';
export { eventReader, type Feeds, feedsOf, observe } from './observe.ts';
export { readCorrelation, type SigmaCorrelation } from './read.ts';
export {
  type ResolvedRules,
  type RuleDocuments,
  resolveRules,
  type StatefulDocument,
  type StatefulRule,
} from './resolve.ts';
export { defaultStateLimits, type Observation, type StateLimits, type StateStats } from './state.ts';
