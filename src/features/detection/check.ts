/** A text that is being written, as a load would judge it: everything wrong with it, with its place. */
import { parseSigma, unroutedWarnings } from '../../lang/sigma/index.ts';
import type { Scope } from '../../model/actor.ts';
import { logsourceSeen } from './coverage.ts';
import { readRules } from './read.ts';
import { readOptions } from './references.ts';
import { oneRule } from './rows.ts';
import type { LoadedRule } from './save.ts';
import type { RefusedRule, RuleCheck, RuleDraft, RuleFinding, RulesDeps } from './types.ts';

type Deps = Pick<RulesDeps, 'records' | 'mappings' | 'filterReading'>;

export async function checkRule(deps: Deps, scope: Scope, draft: RuleDraft): Promise<RuleCheck> {
  const read = await readRules(
    [{ path: draft.id ?? 'new rule', content: draft.source }],
    readOptions(deps, scope.tenant),
  );
  const [rule] = read.rules;
  const place = placesIn(draft.source);
  const findings = [
    ...read.refused.map((one) => place.told('error', one)),
    ...read.warnings.map((one) => place.told('warning', one)),
    ...read.rules
      .slice(1)
      .map((one) =>
        place.at(
          'error',
          place.lineOf(one.source),
          `the rule "${one.title}" is another one`,
          'one rule to a text: make a rule of its own of it',
        ),
      ),
    ...(rule === undefined ? [] : await identityFindings(deps, scope, draft, rule, place)),
    ...(rule === undefined ? [] : await logsourceFindings(deps, scope, rule, place)),
  ];
  const { id, kind, title, severity, logsource } = rule ?? {};
  return {
    rule:
      id === undefined || kind === undefined || title === undefined || severity === undefined
        ? null
        : { id, kind, title, severity, logsource: logsource ?? {} },
    findings: findings.toSorted((a, b) => a.line - b.line),
  };
}

async function identityFindings(
  { records }: Deps,
  scope: Scope,
  draft: RuleDraft,
  rule: LoadedRule,
  place: Places,
): Promise<readonly RuleFinding[]> {
  const line = place.keyLine('id');
  if (draft.id !== null) {
    if (rule.id === draft.id.toLowerCase()) return [];
    const hint = `its id is ${draft.id}; with another id it would be a rule of its own`;
    return [place.at('error', line, 'the id is that of another rule', hint)];
  }
  const twin = await oneRule(records.db, scope.tenant, rule.id).executeTakeFirst();
  if (twin === undefined) return [];
  return [
    place.at(
      'error',
      line,
      `the id is taken by "${twin.title}"`,
      'give it an id of its own, or edit that rule',
    ),
  ];
}

/** Rules that can not fire are told as long as they are written: later nobody would notice. */
async function logsourceFindings(
  { records, mappings }: Deps,
  scope: Scope,
  rule: LoadedRule,
  place: Places,
): Promise<readonly RuleFinding[]> {
  if (rule.kind === 'correlation' || rule.kind === 'filter' || Object.keys(rule.logsource).length === 0)
    return [];
  const line = place.keyLine('logsource');
  const { documents, newTerms } = parseSigma(rule.source, rule.path);
  const looking = [...documents, ...newTerms.flatMap(({ own }) => (own === null ? [] : [own]))];
  const unrouted = looking.flatMap((one) => unroutedWarnings(one, mappings));
  if (unrouted.length > 0) {
    return unrouted.map(({ reason, hint }) => place.at('warning', line, reason, hint ?? null));
  }
  if ((await logsourceSeen(records.db, scope, rule.logsource)) !== false) return [];
  return [
    place.at(
      'note',
      line,
      'no event of this logsource was received here so far',
      'until there is one the rule can not match',
    ),
  ];
}

type Places = ReturnType<typeof placesIn>;

/** Places in a text: a finding that knows only its line is about what stands there. */
function placesIn(source: string) {
  const lines = source.split(/\r?\n/);
  const at = (
    severity: RuleFinding['severity'],
    line: number,
    message: string,
    hint: string | null,
    from?: number,
  ): RuleFinding => {
    const within = Math.min(Math.max(line, 1), lines.length);
    const text = lines[within - 1] ?? '';
    const first = /^\s*(?:-\s+)*/.exec(text)?.[0].length ?? 0;
    const column = Math.min(from ?? first + 1, text.length + 1);
    const endColumn = Math.max(text.trimEnd().length + 1, column);
    return { severity, line: within, column, endColumn, message, hint };
  };
  const indexOf = (test: (text: string) => boolean): number => Math.max(lines.findIndex(test), 0) + 1;
  return {
    at,
    told: (severity: RuleFinding['severity'], { line, column, reason, hint }: RefusedRule) =>
      at(severity, line ?? 1, reason, hint ?? null, column),
    keyLine: (key: string) => indexOf((text) => text.startsWith(`${key}:`)),
    lineOf: (part: string) => {
      const start = source.indexOf(part);
      return start === -1 ? 1 : source.slice(0, start).split('\n').length;
    },
  };
}
