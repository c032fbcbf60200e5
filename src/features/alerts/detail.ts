/** One alert whole: its evidence, its history, and the rule as it was. */

import { sql } from 'kysely';
import { parseSigma } from '../../lang/sigma/index.ts';
import type { Scope } from '../../model/actor.ts';
import { evidencePerAlert } from '../../model/detection.ts';
import type { RecordsDb } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';
import { notFound, oneAlert } from './change.ts';
import { toEvidence, toHistory, toSummary } from './rows.ts';
import type { AlertDetail, AlertRule } from './types.ts';

/** The newest ones, where there are more. */
const historyShown = 500;

export async function getAlert(db: RecordsDb, scope: Scope, id: string): Promise<AlertDetail> {
  const row = await oneAlert(db, scope.tenant, id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  const evidence = await db
    .selectFrom('alert_evidence as e')
    .innerJoin('detections as d', (join) =>
      join.onRef('d.tenant', '=', 'e.tenant').onRef('d.id', '=', 'e.detection_id'),
    )
    .selectAll('e')
    .where('e.tenant', '=', row.tenant)
    .where('e.alert_id', '=', row.id)
    .orderBy('d.seq')
    .orderBy('d.idx')
    // A detection of a rule over many events has several.
    .orderBy('e.event_time')
    .orderBy('e.event_id')
    .limit(evidencePerAlert)
    .execute();
  const history = await db
    .selectFrom('alert_history')
    .selectAll()
    .where('tenant', '=', row.tenant)
    .where('alert_id', '=', row.id)
    // Not by time: entries may share a millisecond, and a clock may be set back.
    .orderBy(sql`(data->>'version')::int`, 'desc')
    .limit(historyShown)
    .execute();
  return {
    ...toSummary(row),
    rule: frozenRule(row),
    evidence: evidence.map(toEvidence),
    history: history.reverse().map(toHistory),
  };
}

/**
 * Read from the alert's own copy of the YAML: the rule of today may say something else. Should a later
 * version of this program refuse the document, the alert still opens, with its source to read.
 */
function frozenRule(row: Row<'alerts'>): AlertRule {
  const { documents, correlations, newTerms } = parseSigma(row.rule_source, row.rule_id);
  const document = documents[0] ?? correlations[0] ?? newTerms[0];
  return {
    id: row.rule_id,
    hash: row.rule_hash,
    title: row.title,
    author: row.rule_author,
    license: row.rule_license,
    description: document?.description ?? '',
    condition: document?.condition ?? '',
    source: row.rule_source,
    references: document?.references ?? [],
    falsepositives: document?.falsepositives ?? [],
  };
}
