/** What a load does to each rule, and its writing in few statements, inside one transaction. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import type { RuleKind, RuleState } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import type { RecordsDb, RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText, type Row } from '../../store/schema.ts';
import type { LoadOptions } from './types.ts';

/** A rule that compiles, as it is stored. */
export interface LoadedRule {
  readonly id: string;
  /** SHA-256 of `source`, hex. */
  readonly hash: string;
  readonly kind: RuleKind;
  readonly title: string;
  readonly severity: Severity;
  readonly status: string;
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

export type KnownRule = Pick<Row<'rules'>, 'id' | 'hash' | 'pack' | 'pack_hash' | 'edited' | 'state'>;

/** `moved`: the same text under another pack. */
export interface Decision {
  readonly rule: LoadedRule;
  readonly known: KnownRule | undefined;
  readonly change: 'added' | 'changed' | 'unchanged' | 'kept' | 'moved';
  readonly state: RuleState;
  readonly pack: string;
  readonly packHash: string;
  readonly edited: boolean;
}

const rowsAStatement = 300;
/** The pack of rules that came one by one. */
export const localPack = 'local';

/**
 * A text that comes under the pack's own name is the pack's new text. One that comes as `local` for
 * a rule of a pack is an edit. A rule that changes packs goes to the newer one; a local rule whose
 * text the pack has otherwise counts as edited.
 */
export function decide(
  rule: LoadedRule,
  known: KnownRule | undefined,
  options: Pick<LoadOptions, 'pack' | 'overwrite'>,
  stateOfNew: (rule: LoadedRule) => RuleState,
): Decision {
  const { pack, overwrite } = options;
  if (known === undefined)
    return {
      rule,
      known,
      change: 'added',
      state: stateOfNew(rule),
      pack,
      packHash: rule.hash,
      edited: false,
    };
  const base = { rule, known, state: known.state };
  if (pack === localPack && known.pack !== localPack) {
    const same = known.hash === rule.hash;
    const edited = rule.hash !== known.pack_hash;
    return {
      ...base,
      change: same ? 'unchanged' : 'changed',
      pack: known.pack,
      packHash: known.pack_hash,
      edited,
    };
  }
  const own = { ...base, pack, packHash: rule.hash };
  if (known.hash === rule.hash) {
    const moved = known.pack !== pack || known.pack_hash !== rule.hash || known.edited;
    return { ...own, change: moved ? 'moved' : 'unchanged', edited: false };
  }
  if (known.edited && known.pack === pack && known.pack_hash === rule.hash && !overwrite)
    return { ...own, change: 'unchanged', edited: true };
  const local = known.edited || (known.pack === localPack && pack !== localPack);
  if (local && !overwrite) return { ...own, change: 'kept', edited: true };
  return { ...own, change: 'changed', edited: false };
}

export async function knownRules(
  db: RecordsDb,
  tenant: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownRule>> {
  const rows = await db
    .selectFrom('rules')
    .select(['id', 'hash', 'pack', 'pack_hash', 'edited', 'state'])
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export async function saveDecisions(
  tx: RecordsTx,
  tenant: string,
  decisions: readonly Decision[],
  stateOrigin: 'profile' | 'person',
  now: Instant,
): Promise<void> {
  const writes = decisions.filter(({ change }) => change === 'added' || change === 'changed');
  for (let at = 0; at < writes.length; at += rowsAStatement) {
    const rows = writes
      .slice(at, at + rowsAStatement)
      .map((decision) => ({ ...rowOf(tenant, decision, now), state_origin: stateOrigin }));
    await upsert(tx, rows);
  }
  const marks = decisions
    .filter(({ change }) => change === 'kept' || change === 'moved')
    .map(({ rule, pack, packHash, edited }) => ({ id: rule.id, pack, pack_hash: packHash, edited }));
  if (marks.length === 0) return;
  await sql`
    update rules r set pack = t.pack, pack_hash = t.pack_hash, edited = t.edited
    from jsonb_to_recordset(${JSON.stringify(marks)}::jsonb) as t(id text, pack text, pack_hash text, edited boolean)
    where r.tenant = ${tenant} and r.id = t.id`.execute(tx);
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
        status: eb.ref('excluded.status'),
        author: eb.ref('excluded.author'),
        description: eb.ref('excluded.description'),
        logsource: eb.ref('excluded.logsource'),
        tags: eb.ref('excluded.tags'),
        references_: eb.ref('excluded.references_'),
        falsepositives: eb.ref('excluded.falsepositives'),
        license: eb.ref('excluded.license'),
        path: eb.ref('excluded.path'),
        source: eb.ref('excluded.source'),
        pack: eb.ref('excluded.pack'),
        pack_hash: eb.ref('excluded.pack_hash'),
        edited: eb.ref('excluded.edited'),
        loaded_at: eb.ref('excluded.loaded_at'),
        version: eb('rules.version', '+', 1),
      })),
    )
    .execute();
}

export function rowOf(tenant: string, decision: Decision, now: Instant): NewRow<'rules'> {
  const { rule, state, pack, packHash, edited } = decision;
  return {
    tenant,
    id: rule.id,
    hash: rule.hash,
    kind: rule.kind,
    title: pgText(rule.title),
    severity: rule.severity,
    status: pgText(rule.status),
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
    pack,
    pack_hash: packHash,
    edited,
    loaded_at: new Date(now),
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? pgText(inner) : inner));
}
