/** Exceptions: field conditions under which a rule does not alert, with owner, reason and end. */
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { uuidv7 } from '../../base/ids.ts';
import {
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseSigma,
} from '../../lang/sigma/index.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { RuleId } from '../../model/ids.ts';
import type { RuleException } from '../../model/rule.ts';
import type { Records, RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { note, noteHistory } from './notes.ts';
import type { NewException } from './types.ts';

const mostCharacters = 20_000;
const mostOfARule = 200;

/** An exception as a Sigma rule of its own, in JSON, which is YAML too. */
export function exceptionSource(
  title: string,
  logsource: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    title: `Exception of ${title}`,
    // A rule over many events has no logsource of its own.
    logsource: Object.keys(logsource).length === 0 ? { category: 'correlation' } : logsource,
    detection: { excepted: fields, condition: 'excepted' },
  });
}

export async function addException(
  records: Pick<Records, 'transaction'>,
  mappings: LogsourceMappings,
  actor: Actor,
  ruleId: string,
  exception: NewException,
  now: Instant,
): Promise<RuleException> {
  const written = JSON.stringify(exception.fields);
  if (Object.keys(exception.fields).length === 0)
    throw new AppError(
      'E_BAD_REQUEST',
      'fields: an exception without conditions would silence the rule; turn it to observe instead',
    );
  if (written.length > mostCharacters)
    throw new AppError('E_BAD_REQUEST', `fields: longer than ${mostCharacters} characters`);
  if (exception.expiresAt !== null && exception.expiresAt <= now)
    throw new AppError('E_BAD_REQUEST', 'expiresAt: has to be in the future');
  return await records.transaction(async (tx) => {
    const rule = await tx
      .selectFrom('rules')
      .select(['id', 'title', 'logsource', 'kind', 'source'])
      .where('tenant', '=', actor.tenant)
      .where('id', '=', pgText(ruleId).toLowerCase())
      .forUpdate()
      .executeTakeFirst();
    if (rule === undefined) throw new AppError('E_NOT_FOUND', `no rule ${ruleId}`);
    refuseUnsayable(rule, Object.keys(exception.fields));
    refuseBroken(exceptionSource(rule.title, rule.logsource, exception.fields), mappings);
    const known = await listExceptions(tx, actor, rule.id);
    if (known.length >= mostOfARule)
      throw new AppError('E_BAD_REQUEST', `the rule has ${mostOfARule} exceptions; change the rule instead`);
    const row = await tx
      .insertInto('rule_exceptions')
      .values({
        tenant: actor.tenant,
        id: uuidv7(now),
        rule_id: rule.id,
        fields: written,
        reason: pgText(exception.reason),
        owner_id: exception.ownerId,
        owner_name: pgText(exception.ownerName),
        created_at: new Date(now),
        expires_at: exception.expiresAt === null ? null : new Date(exception.expiresAt),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const facts = { exception: row.id, fields: Object.keys(exception.fields) };
    await note(tx, actor, now, { action: 'rule.exception_added', ruleId: rule.id, facts });
    const data = { exception: row.id, reason: row.reason };
    await noteHistory(tx, actor, now, [{ ruleId: rule.id, kind: 'exception_added', data }]);
    return toException(row);
  });
}

/** What an exception of this kind of rule can not look at. */
function refuseUnsayable(
  { kind, source, title }: Pick<Row<'rules'>, 'kind' | 'source' | 'title'>,
  fields: readonly string[],
): void {
  if (kind === 'filter')
    throw new AppError(
      'E_BAD_REQUEST',
      `${title} is a filter and alerts on nothing: add the exception to a rule`,
    );
  if (kind === 'detection') return;
  const { correlations, newTerms } = parseSigma(source, 'rule');
  const groupBy = correlations[0]?.spec.groupBy ?? newTerms[0]?.spec.groupBy ?? [];
  for (const field of fields) {
    const [name = '', ...modifiers] = field.split('|');
    if (!groupBy.includes(name)) continue;
    const byCase = modifiers.includes('cased') || (modifiers.includes('re') && !modifiers.includes('i'));
    if (byCase)
      throw new AppError(
        'E_BAD_REQUEST',
        `fields: ${field}: the rule groups by ${name} without regard to case: leave out "cased", or write re|i`,
      );
  }
}

/** Throws E_BAD_REQUEST for what is no exception. */
export function refuseBroken(source: string, mappings: LogsourceMappings): CompiledRule {
  const { documents, refused } = parseSigma(source, 'exception');
  const [document] = documents;
  const compiled = document === undefined ? null : compileRule(document, { mappings });
  if (compiled?.ok === true) return compiled.value;
  const reason = compiled?.error.reason ?? refused[0]?.reason ?? 'no selection';
  throw new AppError('E_BAD_REQUEST', `fields: ${reason}`);
}

export async function removeException(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  ruleId: string,
  id: string,
  now: Instant,
): Promise<void> {
  await records.transaction(async (tx) => {
    const gone = await tx
      .deleteFrom('rule_exceptions')
      .where('tenant', '=', actor.tenant)
      .where('rule_id', '=', pgText(ruleId).toLowerCase())
      .where('id', '=', pgText(id))
      .returning(['rule_id', 'reason', 'fields', 'excepted'])
      .executeTakeFirst();
    if (gone === undefined) throw new AppError('E_NOT_FOUND', `the rule ${ruleId} has no exception ${id}`);
    const facts = { exception: id };
    await note(tx, actor, now, { action: 'rule.exception_removed', ruleId: gone.rule_id, facts });
    const data = { exception: id, reason: gone.reason, excepted: gone.excepted };
    await noteHistory(tx, actor, now, [{ ruleId: gone.rule_id, kind: 'exception_removed', data }]);
  });
}

/** Oldest first, those that are over too: they say why it was quiet. */
export async function listExceptions(
  db: RecordsDb,
  scope: Scope,
  ruleId: string,
): Promise<readonly RuleException[]> {
  const rows = await db
    .selectFrom('rule_exceptions')
    .selectAll()
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', ruleId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(mostOfARule)
    .execute();
  return rows.map(toException);
}

function toException(row: Row<'rule_exceptions'>): RuleException {
  return {
    id: row.id,
    ruleId: row.rule_id as RuleId,
    fields: JSON.parse(row.fields) as RuleException['fields'],
    reason: row.reason,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    excepted: row.excepted,
  };
}
