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

export const ownEventsParts = ['q', 'from', 'to', 'last', 'basis', 'cols', 'fields', 'row'] as const;
/** Every parameter of the page's address. */
export const eventsParts = [...ownEventsParts, 'text', 'host', 'user', 'source', 'kind'] as const;

export interface RulesSearch {
  readonly text?: string;
  readonly state?: string;
  /** `product/service/category`: rules with exactly this logsource. */
  readonly logsource?: string;
  /** `coverage`: what can never fire, and what no rule looks at, in place of the list. */
  readonly view?: string;
  /** Id of the rule that is open. */
  readonly row?: string;
}

export interface RuleSearch {
  /** `on`: its text is edited. */
  readonly edit?: string;
  /** What stands beside the text. */
  readonly tab?: string;
  /** Numbers of the two versions that are compared. */
  readonly from?: string;
  readonly to?: string;
}

export interface SourcesSearch {
  readonly text?: string;
  /** Name of the source that is open. */
  readonly row?: string;
}
