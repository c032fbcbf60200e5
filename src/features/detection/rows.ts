/** Rule rows of the records store as the model's nouns. */
import type { Instant } from '../../base/clock.ts';
import type { RuleDocument, RuleSummary } from '../../model/rule.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';

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
  'status',
  'pack',
  'edited',
  'state',
  'state_origin',
  'flooding_since',
  'loaded_at',
  'version',
] as const satisfies readonly (keyof Row<'rules'>)[];

/** `now`: a mark of flooding is for the hour in which it was set. */
export function toRuleSummary(
  row: Pick<Row<'rules'>, (typeof summaryColumns)[number]>,
  now: Instant,
): RuleSummary {
  const flooding = row.flooding_since?.getTime() ?? null;
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
    status: row.status,
    pack: row.pack,
    edited: row.edited,
    state: row.state,
    stateOrigin: row.state_origin,
    floodingSince: flooding !== null && flooding >= hourStart(now) ? flooding : null,
    loadedAt: row.loaded_at.getTime(),
    version: row.version,
  };
}

export function hourStart(now: Instant): Instant {
  return now - (now % 3_600_000);
}

export function toRuleDocument(row: Row<'rules'>, now: Instant): RuleDocument {
  return {
    ...toRuleSummary(row, now),
    source: row.source,
    description: row.description,
    references: row.references_,
    falsepositives: row.falsepositives,
    license: row.license,
  };
}

export function oneRule(db: RecordsDb, tenant: string, id: string) {
  return db
    .selectFrom('rules')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', pgText(id).toLowerCase());
}
