/** Writes a load of compiled rules in few statements, inside one transaction. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import type { RuleKind, RuleState } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import type { RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText } from '../../store/schema.ts';

/** A rule that compiles, as it is stored. */
export interface LoadedRule {
  readonly id: string;
  /** SHA-256 of `source`, hex. */
  readonly hash: string;
  readonly kind: RuleKind;
  readonly title: string;
  readonly severity: Severity;
  readonly author: string;
  readonly description: string;
  readonly logsource: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly license: string | null;
  readonly path: string;
  readonly source: string;
}

export interface Saved {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

const rowsAStatement = 300;

export async function saveRules(
  tx: RecordsTx,
  tenant: string,
  rules: readonly LoadedRule[],
  state: RuleState,
  now: Instant,
): Promise<Saved> {
  const known = await tx
    .selectFrom('rules')
    .select(['id', 'hash'])
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${rules.map((rule) => rule.id)}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  const hashes = new Map(known.map((row) => [row.id, row.hash]));
  const writes = rules.filter((rule) => hashes.get(rule.id) !== rule.hash);
  for (let at = 0; at < writes.length; at += rowsAStatement) {
    const rows = writes.slice(at, at + rowsAStatement).map((rule) => rowOf(tenant, rule, state, now));
    await upsert(tx, rows);
  }
  const added = writes.filter((rule) => !hashes.has(rule.id)).length;
  return { added, changed: writes.length - added, unchanged: rules.length - writes.length };
}

/** A known rule keeps its state: what was decided here outlives a new version of the document. */
async function upsert(tx: RecordsTx, rows: NewRow<'rules'>[]): Promise<void> {
  await tx
    .insertInto('rules')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'id']).doUpdateSet((eb) => ({
        hash: eb.ref('excluded.hash'),
        kind: eb.ref('excluded.kind'),
        title: eb.ref('excluded.title'),
        severity: eb.ref('excluded.severity'),
        author: eb.ref('excluded.author'),
        description: eb.ref('excluded.description'),
        logsource: eb.ref('excluded.logsource'),
        tags: eb.ref('excluded.tags'),
        references_: eb.ref('excluded.references_'),
        falsepositives: eb.ref('excluded.falsepositives'),
        license: eb.ref('excluded.license'),
        path: eb.ref('excluded.path'),
        source: eb.ref('excluded.source'),
        loaded_at: eb.ref('excluded.loaded_at'),
        version: eb('rules.version', '+', 1),
      })),
    )
    .execute();
}

function rowOf(tenant: string, rule: LoadedRule, state: RuleState, now: Instant): NewRow<'rules'> {
  return {
    tenant,
    id: rule.id,
    hash: rule.hash,
    kind: rule.kind,
    title: pgText(rule.title),
    severity: rule.severity,
    author: pgText(rule.author),
    description: pgText(rule.description),
    logsource: json(rule.logsource),
    tags: json(rule.tags),
    references_: json(rule.references),
    falsepositives: json(rule.falsepositives),
    license: rule.license === null ? null : pgText(rule.license),
    path: pgText(rule.path),
    state,
    source: pgText(rule.source),
    loaded_at: new Date(now),
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? pgText(inner) : inner));
}
