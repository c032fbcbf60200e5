/** The words of the language, by where they stand: for completion while a rule is written. */
import { levels } from './head.ts';

export interface Word {
  readonly name: string;
  /** What it says, in a few words. */
  readonly detail: string;
}

/** Keys are those of the maps that hold the words; `''` is the document itself. */
export const sigmaVocabulary = {
  keys: {
    '': [
      { name: 'title', detail: 'what was found, as the alert will say it' },
      { name: 'id', detail: 'UUID, never changed' },
      { name: 'name', detail: 'short name, by which correlations and filters refer to it' },
      { name: 'status', detail: 'how far it is' },
      { name: 'description', detail: 'what it means, and what to do' },
      { name: 'references', detail: 'list of addresses' },
      { name: 'author', detail: 'who wrote it' },
      { name: 'date', detail: 'YYYY-MM-DD' },
      { name: 'modified', detail: 'YYYY-MM-DD' },
      { name: 'tags', detail: 'list, attack.t1059.001 and the like' },
      { name: 'logsource', detail: 'which events it looks at' },
      { name: 'detection', detail: 'selections and a condition' },
      { name: 'correlation', detail: 'a rule over matches of other rules' },
      { name: 'new_terms', detail: 'a value not seen before' },
      { name: 'filter', detail: 'tunes other rules' },
      { name: 'fields', detail: 'list of fields that help to judge it' },
      { name: 'falsepositives', detail: 'list of what else looks like it' },
      { name: 'level', detail: 'severity' },
      { name: 'license', detail: 'SPDX identifier' },
    ],
    logsource: [
      { name: 'product', detail: 'windows, linux, aws …' },
      { name: 'category', detail: 'process_creation, dns …' },
      { name: 'service', detail: 'security, sshd …' },
      { name: 'definition', detail: 'what has to be switched on, for people' },
    ],
    detection: [{ name: 'condition', detail: 'which selections have to hold' }],
    correlation: [
      { name: 'type', detail: 'what is counted' },
      { name: 'rules', detail: 'list of ids or names' },
      { name: 'group-by', detail: 'list of fields that have to be the same' },
      { name: 'timespan', detail: '5m, 1h, 1d' },
      { name: 'condition', detail: 'number to reach' },
      { name: 'aliases', detail: 'one name for fields that rules call differently' },
      { name: 'generate', detail: 'true: the rules go on alerting as well' },
    ],
    'correlation condition': [
      { name: 'gte', detail: 'at least' },
      { name: 'gt', detail: 'more than' },
      { name: 'eq', detail: 'exactly' },
      { name: 'lte', detail: 'at most' },
      { name: 'lt', detail: 'less than' },
      { name: 'neq', detail: 'other than' },
      { name: 'field', detail: 'whose values are counted' },
    ],
    new_terms: [
      { name: 'fields', detail: 'one to three; several are a combination' },
      { name: 'group-by', detail: 'whose values they are' },
      { name: 'window', detail: 'not seen for so long is new again' },
      { name: 'learning', detail: 'at first it only learns' },
      { name: 'rules', detail: 'list of rules, instead of a detection' },
    ],
    filter: [
      { name: 'rules', detail: 'list of ids or names, or any' },
      { name: 'condition', detail: 'has to hold as well' },
    ],
  },
  values: {
    status: ['stable', 'test', 'experimental', 'deprecated', 'unsupported'].map((name) => word(name)),
    level: levels.toReversed().map((name) => word(name)),
    type: [
      { name: 'event_count', detail: 'how many matches' },
      { name: 'value_count', detail: 'how many different values of a field' },
      { name: 'temporal', detail: 'all of the rules' },
      { name: 'temporal_ordered', detail: 'all of the rules, in their order' },
      { name: 'value_sum', detail: 'sum of a field' },
      { name: 'value_avg', detail: 'average of a field' },
      { name: 'value_percentile', detail: 'percentile of a field' },
    ],
    generate: [word('true'), word('false')],
  },
  condition: [
    { name: 'and', detail: 'both' },
    { name: 'or', detail: 'one of both' },
    { name: 'not', detail: 'unless' },
    { name: '1 of', detail: 'one of several: 1 of selection_*' },
    { name: 'all of', detail: 'each of several: all of selection_*' },
    { name: 'them', detail: 'every selection that does not begin with _' },
  ],
} as const satisfies {
  readonly keys: Readonly<Record<string, readonly Word[]>>;
  readonly values: Readonly<Record<string, readonly Word[]>>;
  readonly condition: readonly Word[];
};

function word(name: string): Word {
  return { name, detail: '' };
}
