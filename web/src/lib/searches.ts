/** What stands in the addresses of the pages beside the queue. */

/** Parts that links of other pages give; the events page makes them a query. */
export interface EventsFilter {
  readonly text?: string;
  readonly host?: string;
  readonly user?: string;
  readonly source?: string;
  /** `unparsed`. */
  readonly kind?: string;
}

export interface EventsSearch extends EventsFilter {
  /** The query, as typed. */
  readonly q?: string;
  /** As typed, UTC. */
  readonly from?: string;
  readonly to?: string;
  /** Instead of both: `15m`, `24h`, `7d` back from now. */
  readonly last?: string;
  /** `received`: times are those of receipt. */
  readonly basis?: string;
  /** Names of the chosen columns, separated by commas. */
  readonly cols?: string;
  /** `off`: the list of fields is put away. */
  readonly fields?: string;
  /** Id of the event that is open. */
  readonly row?: string;
}

export interface RulesSearch {
  readonly text?: string;
  readonly state?: string;
  /** Id of the rule that is open. */
  readonly row?: string;
}
