/** Packs: loading them, seeing before what a load would do, and removing what they no longer hold. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import { type RuleState, ruleStates } from '../../model/rule.ts';
import type { RecordsDb, RecordsTx } from '../../store/records.ts';
import { unifiedDiff } from './diff.ts';
import { replacePackEvidence } from './evidence.ts';
import { readEvidence, splitEvidence } from './evidence-files.ts';
import { note, noteHistory } from './notes.ts';
import { stateByProfile } from './profile.ts';
import { readRules } from './read.ts';
import { readOptions } from './references.ts';
import { type Decision, decide, knownRules, saveDecisions } from './save.ts';
import type {
  LoadOptions,
  PackSummary,
  PlannedRule,
  RuleFile,
  RuleLoadReport,
  RulePlan,
  RulesDeps,
} from './types.ts';
import { keepVersions, type NewVersion } from './versions.ts';

export async function loadRules(
  deps: RulesDeps,
  actor: Actor,
  files: readonly RuleFile[],
  options: LoadOptions,
): Promise<RuleLoadReport> {
  const { records, clock, profiles } = deps;
  const stateOf = stateChooser(profiles, options);
  const given = splitEvidence(files);
  const origin = options.state === 'profile' || actor.kind === 'system' ? 'profile' : 'person';
  const { rules, warnings, ...read } = await readRules(given.rules, readOptions(deps, actor.tenant));
  const evidence = readEvidence(given.evidence, rules);
  const refused = [...read.refused, ...evidence.refused];
  const now = clock.now();
  const ids = rules.map((rule) => rule.id);
  const counts = await records.transaction(async (tx) => {
    await lockRules(tx, actor.tenant, ids);
    const known = await knownRules(tx, actor.tenant, ids);
    const decisions = rules.map((rule) => decide(rule, known.get(rule.id), options, stateOf));
    await saveDecisions(tx, actor.tenant, decisions, origin, now);
    await keepVersions(tx, actor, now, versionsOf(decisions, options.pack));
    await replacePackEvidence(tx, actor, now, evidence.byRule);
    await leaveTrail(tx, actor, now, decisions, options.pack, refused.length);
    return countChanges(decisions);
  });
  return { ...counts, refused, warnings, ids };
}

function versionsOf(decisions: readonly Decision[], pack: string): readonly NewVersion[] {
  return decisions
    .filter(({ change }) => change === 'added' || change === 'changed')
    .map(({ rule: { id, hash, source } }) => ({ ruleId: id, hash, source, message: `Loaded with ${pack}` }));
}

/** In the order of their ids, so that two loads never wait for each other in a circle. */
async function lockRules(tx: RecordsTx, tenant: string, ids: readonly string[]): Promise<void> {
  await tx
    .selectFrom('rules')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

function stateChooser(
  profiles: RulesDeps['profiles'],
  { state, profile, pack }: LoadOptions,
): Parameters<typeof decide>[3] {
  if (state !== 'profile') return () => state;
  const found = profiles.get(profile);
  if (found === undefined)
    throw new AppError(
      'E_BAD_REQUEST',
      `profile: none is called ${profile}; there are ${[...profiles.keys()].join(', ')}`,
    );
  // A filter has nothing to alert about: one that is there is in force.
  return (rule) => (rule.kind === 'filter' ? 'alert' : stateByProfile(found, rule, pack));
}

async function leaveTrail(
  tx: RecordsTx,
  actor: Actor,
  now: Instant,
  decisions: readonly Decision[],
  pack: string,
  refused: number,
): Promise<void> {
  const counts = countChanges(decisions);
  // A service that starts loads its rules each time; what changes nothing leaves no trail.
  if (counts.added + counts.changed === 0) return;
  await note(tx, actor, now, { action: 'rules.loaded', ruleId: '', facts: { ...counts, pack, refused } });
  await noteHistory(
    tx,
    actor,
    now,
    decisions
      .filter(({ change }) => change === 'added' || change === 'changed')
      .map(({ rule, known, change, edited, state }) =>
        change === 'added'
          ? { ruleId: rule.id, kind: 'loaded' as const, data: { pack, state, hash: rule.hash } }
          : {
              ruleId: rule.id,
              kind: edited ? ('edited' as const) : ('changed' as const),
              data: { pack, from: known?.hash, to: rule.hash },
            },
      ),
  );
}

function countChanges(decisions: readonly Decision[]) {
  const counts = { added: 0, changed: 0, unchanged: 0, kept: 0 };
  const states = { off: 0, observe: 0, alert: 0 };
  for (const { change, state } of decisions) {
    counts[change === 'moved' ? 'unchanged' : change] += 1;
    if (change === 'added') states[state] += 1;
  }
  return { ...counts, states };
}

export async function planRules(
  deps: RulesDeps,
  scope: Scope,
  files: readonly RuleFile[],
  options: LoadOptions,
): Promise<RulePlan> {
  const { records, profiles } = deps;
  const stateOf = stateChooser(profiles, options);
  const given = splitEvidence(files).rules;
  const { rules, refused, warnings } = await readRules(given, readOptions(deps, scope.tenant));
  const ids = rules.map((rule) => rule.id);
  const known = await knownRules(records.db, scope.tenant, ids);
  const decisions = rules.map((rule) => decide(rule, known.get(rule.id), options, stateOf));
  const told = decisions.filter(
    ({ change }) => change === 'added' || change === 'changed' || change === 'kept',
  );
  const texts = await sourcesOf(
    records.db,
    scope.tenant,
    told.filter((one) => one.change !== 'added'),
  );
  const planned = told.map(
    ({ rule, change, state }): PlannedRule => ({
      id: rule.id,
      title: rule.title,
      path: rule.path,
      change: change as PlannedRule['change'],
      state,
      note: change === 'kept' ? 'edited here' : '',
      diff: change === 'added' ? '' : unifiedDiff(texts.get(rule.id) ?? '', rule.source),
    }),
  );
  return { ...countChanges(decisions), removed: 0, refused, warnings, ids, rules: byPath(planned) };
}

async function sourcesOf(
  db: RecordsDb,
  tenant: string,
  decisions: readonly Decision[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('rules')
    .select(['id', 'source'])
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${decisions.map(({ rule }) => rule.id)}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row.source]));
}

function byPath(rules: readonly PlannedRule[]): readonly PlannedRule[] {
  return rules.toSorted((a, b) => (a.path === b.path ? (a.id < b.id ? -1 : 1) : a.path < b.path ? -1 : 1));
}

export async function pruneRules(
  { records, clock }: RulesDeps,
  actor: Actor,
  pack: string,
  keep: readonly string[],
  options: { readonly dryRun: boolean; readonly overwrite: boolean },
): Promise<RulePlan> {
  const now = clock.now();
  return await records.transaction(async (tx) => {
    const gone = await tx
      .selectFrom('rules')
      .select(['id', 'title', 'path', 'state', 'edited', 'hash'])
      .where('tenant', '=', actor.tenant)
      .where('pack', '=', pack)
      .where('id', '<>', sql<string>`all(${keep.map((id) => id.toLowerCase())}::text[])`)
      .orderBy('id')
      .forUpdate()
      .execute();
    const kept = gone.filter((rule) => rule.edited && !options.overwrite);
    const removed = gone.filter((rule) => !kept.includes(rule));
    if (!options.dryRun && removed.length > 0) {
      await tx
        .deleteFrom('rules')
        .where('tenant', '=', actor.tenant)
        .where('id', '=', sql<string>`any(${removed.map(({ id }) => id)}::text[])`)
        .execute();
      await note(tx, actor, now, {
        action: 'rules.removed',
        ruleId: '',
        facts: { pack, removed: removed.length },
      });
      await noteHistory(
        tx,
        actor,
        now,
        removed.map(({ id, hash, state }) => ({ ruleId: id, kind: 'removed', data: { pack, hash, state } })),
      );
    }
    const told = (rules: typeof gone, change: 'kept' | 'removed', why: string): PlannedRule[] =>
      rules.map(({ id, title, path, state }) => ({ id, title, path, state, change, note: why, diff: '' }));
    return {
      added: 0,
      changed: 0,
      unchanged: 0,
      kept: kept.length,
      removed: removed.length,
      refused: [],
      warnings: [],
      ids: [],
      states: { off: 0, observe: 0, alert: 0 },
      rules: byPath([...told(kept, 'kept', 'edited here'), ...told(removed, 'removed', '')]),
    };
  });
}

export async function listPacks(db: RecordsDb, scope: Scope): Promise<readonly PackSummary[]> {
  const { rows } = await sql<{
    pack: string;
    state: RuleState;
    rules: number;
    edited: number;
    loaded_at: Date;
  }>`
    select pack, state, count(*)::int as rules, (count(*) filter (where edited))::int as edited,
      max(loaded_at) as loaded_at
    from rules where tenant = ${scope.tenant} group by pack, state order by pack`.execute(db);
  return [...new Set(rows.map((row) => row.pack))].map((name) => {
    const own = rows.filter((row) => row.pack === name);
    const sum = (pick: (row: (typeof rows)[number]) => number) =>
      own.reduce((total, row) => total + pick(row), 0);
    const states = Object.fromEntries(
      ruleStates.map((state) => [state, own.find((row) => row.state === state)?.rules ?? 0]),
    ) as Record<RuleState, number>;
    return {
      name,
      rules: sum((row) => row.rules),
      edited: sum((row) => row.edited),
      states,
      loadedAt: Math.max(...own.map((row) => row.loaded_at.getTime())),
    };
  });
}
