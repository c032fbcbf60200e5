/** Rule rows of the records store as the model's nouns. */
import type { RuleDocument, RuleSummary } from '../../model/rule.ts';
import type { Row } from '../../store/schema.ts';

/** The columns of a summary: a list of thousands needs no sources. */
export const summaryColumns = [
  'id',
  'hash',
  'kind',
  'title',
  'severity',
  'author',
  'logsource',
  'tags',
  'path',
  'state',
  'loaded_at',
  'version',
] as const satisfies readonly (keyof Row<'rules'>)[];

export function toRuleSummary(row: Pick<Row<'rules'>, (typeof summaryColumns)[number]>): RuleSummary {
  return {
    id: row.id as RuleSummary['id'],
    hash: row.hash,
    kind: row.kind,
    title: row.title,
    severity: row.severity as RuleSummary['severity'],
    author: row.author,
    logsource: row.logsource,
    tags: row.tags,
    path: row.path,
    state: row.state,
    loadedAt: row.loaded_at.getTime(),
    version: row.version,
  };
}

export function toRuleDocument(row: Row<'rules'>): RuleDocument {
  return {
    ...toRuleSummary(row),
    source: row.source,
    description: row.description,
    references: row.references_,
    falsepositives: row.falsepositives,
    license: row.license,
  };
}
