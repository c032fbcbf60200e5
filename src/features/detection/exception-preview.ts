/** What an exception would have left out, told from the events that alerts of its rule keep. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { CompiledRule, LogsourceMappings } from '../../lang/sigma/index.ts';
import type { Scope } from '../../model/actor.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import { exceptionSource, refuseBroken } from './exceptions.ts';
import type { ExceptionPreview } from './types.ts';

const dayMs = 86_400_000;
/** Kept events that are looked at, newest alerts first: beyond that the answer is of these. */
const eventsLooked = 5_000;
const listed = 10;

interface KeptRow {
  readonly alert_id: string;
  readonly number: number;
  readonly title: string;
  readonly host: string;
  readonly status: string;
  readonly detections: number;
  readonly detection_id: string;
  readonly native: string;
}

/** Throws E_NOT_FOUND for the rule, E_BAD_REQUEST for fields that are no Sigma selection. */
export async function previewException(
  db: RecordsDb,
  mappings: LogsourceMappings,
  scope: Scope,
  ruleId: string,
  asked: { readonly fields: Readonly<Record<string, unknown>>; readonly days: number },
  now: Instant,
): Promise<ExceptionPreview> {
  const id = pgText(ruleId).toLowerCase();
  const rule = await db
    .selectFrom('rules')
    .select(['title', 'logsource'])
    .where('tenant', '=', scope.tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  if (rule === undefined) throw new AppError('E_NOT_FOUND', `no rule ${ruleId}`);
  const compiled = refuseBroken(exceptionSource(rule.title, rule.logsource, asked.fields), mappings);
  const since = new Date(now - asked.days * dayMs);
  const { rows } = await sql<KeptRow>`
    select a.id as alert_id, a.number, a.title, a.host, a.status, a.detections, e.detection_id, e.native
    from alerts a join alert_evidence e on e.tenant = a.tenant and e.alert_id = a.id
    where a.tenant = ${scope.tenant} and a.rule_key = ${id} and a.last_event_at >= ${since}
    order by a.number desc, e.event_time desc limit ${eventsLooked + 1}`.execute(db);
  const whole = rows.length <= eventsLooked;
  const alerts = grouped(rows.slice(0, eventsLooked), 'alert_id');
  // The last one may be cut in the middle.
  const judged = (whole ? alerts : alerts.slice(0, -1)).map((kept) => judge(kept, compiled, rule.logsource));
  const gone = judged.filter(({ hidden, detections }) => hidden === detections);
  return {
    days: asked.days,
    alerts: judged.length,
    gone: gone.length,
    goneOpen: gone.filter(({ status }) => status !== 'closed').length,
    fewer: judged.filter(({ hidden, detections }) => hidden > 0 && hidden < detections).length,
    detections: judged.reduce((sum, { looked }) => sum + looked, 0),
    hidden: judged.reduce((sum, { hidden }) => sum + hidden, 0),
    whole: whole && judged.every(({ looked, detections }) => looked >= detections),
    examples: gone.slice(0, listed).map(({ key, title, host }) => ({ key, title, host })),
  };
}

/** A detection is left out when everything that is kept of it is excepted. */
function judge(
  kept: readonly KeptRow[],
  compiled: CompiledRule,
  logsource: Readonly<Record<string, string>>,
) {
  const byDetection = grouped(kept, 'detection_id');
  const isHidden = (events: readonly KeptRow[]) =>
    events.every(({ native }) =>
      // They matched the rule once, so that its logsource is theirs.
      compiled.matches({ fields: JSON.parse(native) as Readonly<Record<string, unknown>>, logsource }),
    );
  const [first] = kept;
  return {
    key: `ALR-${first?.number ?? 0}`,
    title: first?.title ?? '',
    host: first?.host ?? '',
    status: first?.status ?? '',
    detections: first?.detections ?? 0,
    looked: byDetection.length,
    hidden: byDetection.filter(isHidden).length,
  };
}

function grouped(rows: readonly KeptRow[], by: 'alert_id' | 'detection_id'): readonly (readonly KeptRow[])[] {
  const groups = new Map<string, KeptRow[]>();
  for (const row of rows) {
    const group = groups.get(row[by]);
    if (group === undefined) groups.set(row[by], [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
