/** Rule files from here to the service: read, named as a pack, sent in requests that it takes. */
import { basename } from 'node:path';
import type { Pack, PackFile } from '../app/rule-files.ts';
import { AppError } from '../base/errors.ts';
import { inert, type Output } from './output.ts';
import type { ApiClient } from './target.ts';

export type LoadReport = Awaited<ReturnType<ApiClient['rules']['load']>>;
export type RulePlan = Awaited<ReturnType<ApiClient['rules']['plan']>>;
type LoadInput = Parameters<ApiClient['rules']['load']>[0];

export interface PackOptions {
  readonly pack: string;
  readonly state: Exclude<LoadInput['state'], undefined>;
  readonly profile: string;
  readonly overwrite: boolean;
}

/** Documents, and characters of them, sent in one request: it must stay well under the service's limit. */
const requestLimit = { files: 1_000, characters: 8 << 20 };
const evidence = /\.evidence\.ya?ml$/i;

/** A folder or archive is a pack of its own name; a single file is a rule of yours. */
export function packNameOf(path: string): string {
  const base = basename(path.replace(/[/\\]+$/, '')).toLowerCase();
  if (/\.ya?ml$/.test(base)) return 'local';
  const name = base
    .replace(/\.(?:tar\.gz|tgz|tar|zip)$/, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63);
  return name === '' ? 'local' : name;
}

/** A path that can't be read is refused like a document: the other paths are loaded. */
export async function readPack(
  path: string,
  output: Output,
  signal: AbortSignal,
): Promise<{ readonly files: readonly PackFile[]; readonly refused: LoadReport['refused'] }> {
  const { readRuleFiles } = await import('../app/rule-files.ts');
  try {
    const pack: Pack = await readRuleFiles(path, signal);
    if (pack.files.length + pack.refused.length === 0) output.note(`${path}: no .yml or .yaml file in it`);
    return {
      files: pack.files,
      refused: pack.refused.map(({ file, line, id, reason }) => ({ file, line, id, reason })),
    };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { files: [], refused: [{ file: path, line: null, id: null, reason: thrown.message }] };
  }
}

/** Documents that refer to others come last, so that those are there; evidence comes with its rule. */
export function* requests(given: readonly PackFile[]): Generator<PackFile[]> {
  const refers = ({ content }: PackFile): boolean => /^(?:correlation|new_terms|filter):/m.test(content);
  const all = given.filter(({ path }) => !evidence.test(path));
  const files = withEvidence([...all.filter((file) => !refers(file)), ...all.filter(refers)], given);
  let group: PackFile[] = [];
  let characters = 0;
  for (const file of files) {
    characters += file.content.length;
    const isFull = group.length >= requestLimit.files || characters > requestLimit.characters;
    if (group.length > 0 && isFull && !evidence.test(file.path)) {
      yield group;
      group = [];
      characters = file.content.length;
    }
    group.push(file);
  }
  if (group.length > 0) yield group;
}

function withEvidence(rules: readonly PackFile[], all: readonly PackFile[]): readonly PackFile[] {
  const beside = new Map(
    all.flatMap((file) =>
      evidence.test(file.path) ? [[file.path.replace(evidence, ''), file] as const] : [],
    ),
  );
  return rules.flatMap((rule) => {
    const found = beside.get(rule.path.replace(/\.ya?ml$/i, ''));
    return found === undefined ? [rule] : [rule, found];
  });
}

export function emptyReport(): LoadReport {
  return {
    added: 0,
    changed: 0,
    unchanged: 0,
    kept: 0,
    refused: [],
    warnings: [],
    ids: [],
    states: { off: 0, observe: 0, alert: 0 },
  };
}

export function emptyPlan(): RulePlan {
  return { ...emptyReport(), removed: 0, rules: [] };
}

export function addReport(sum: LoadReport, part: LoadReport): void {
  sum.added += part.added;
  sum.changed += part.changed;
  sum.unchanged += part.unchanged;
  sum.kept += part.kept;
  sum.refused.push(...part.refused);
  sum.warnings.push(...part.warnings);
  sum.ids.push(...part.ids);
  for (const state of ['off', 'observe', 'alert'] as const)
    sum.states[state] = (sum.states[state] ?? 0) + (part.states[state] ?? 0);
}

export function addPlan(sum: RulePlan, part: RulePlan): void {
  addReport(sum, part);
  sum.removed += part.removed;
  sum.rules.push(...part.rules);
}

/** Refused documents go to standard error one by one: file, line, reason. */
export function tellRefused(
  refused: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly reason: string;
    readonly hint?: string | undefined;
  }[],
  output: Output,
  what: 'refused' | 'warning:' = 'refused',
): void {
  for (const { file, line, reason, hint } of refused) {
    output.note(`${what} ${inert(file)}${line === null ? '' : `:${line}`}: ${inert(reason)}`);
    if (hint !== undefined) output.note(`        hint: ${inert(hint)}`);
  }
}

/** One line a rule, with its differences below. */
export function planText(plan: RulePlan, diffs: boolean): string {
  const signs = { added: '+', changed: '~', kept: '=', removed: '-' } as const;
  const lines = plan.rules.flatMap((rule) => [
    `${signs[rule.change]} ${rule.state.padEnd(7)} ${rule.id}  ${inert(rule.title)}${rule.note === '' ? '' : ` (${rule.note})`}`,
    ...(diffs && rule.diff !== '' ? rule.diff.split('\n').map((line) => `    ${inert(line)}`) : []),
  ]);
  return [...lines, summary(plan)].join('\n');
}

function stateText({ added, states }: LoadReport): string {
  if (added === 0) return '';
  const parts = (['alert', 'observe', 'off'] as const).flatMap((state) => {
    const n = states[state] ?? 0;
    return n === 0 ? [] : [`${n.toLocaleString('en-US')} ${state}`];
  });
  return ` (${parts.join(', ')})`;
}

export function summary(report: LoadReport & { readonly removed?: number }): string {
  const parts = [
    `${report.added.toLocaleString('en-US')} ${report.added === 1 ? 'rule' : 'rules'} added${stateText(report)}`,
    `${report.changed} changed`,
    `${report.unchanged} unchanged`,
    ...(report.kept > 0 ? [`${report.kept} kept as edited here`] : []),
    ...((report.removed ?? 0) > 0 ? [`${report.removed} removed`] : []),
    `${report.refused.length} refused`,
  ];
  return parts.join(', ');
}
