/** What stands in the addresses of the pages beside the queue. */

export interface EventsFilter {
  readonly text?: string;
  readonly host?: string;
  readonly user?: string;
  readonly source?: string;
  /** As typed, UTC. */
  readonly from?: string;
  readonly to?: string;
  /** `parsed`, `unparsed`; absent is both. */
  readonly kind?: string;
}

export interface EventsSearch extends EventsFilter {
  /** Id of the event that is open. */
  readonly row?: string;
}

export interface RulesSearch {
  readonly text?: string;
  readonly state?: string;
  /** Id of the rule that is open. */
  readonly row?: string;
}
