/** Files of evidence beside rules: `NAME.evidence.yml` beside `NAME.yml`. */
import { load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import type { SigmaEvent } from '../../lang/sigma/index.ts';
import type { LoadedRule } from './save.ts';
import type { NewEvidence, RefusedRule, RuleFile } from './types.ts';

const suffix = /\.evidence\.(ya?ml)$/i;

const Case = z.strictObject({ why: z.string().min(1), event: z.record(z.string(), z.unknown()) });
const EvidenceFile = z.strictObject({
  /** Each has to match. */
  positive: z.array(Case).default([]),
  /** Each looks like it and must not match. */
  near_miss: z.array(Case).default([]),
});

export function splitEvidence(files: readonly RuleFile[]): {
  readonly rules: readonly RuleFile[];
  readonly evidence: readonly RuleFile[];
} {
  return {
    rules: files.filter(({ path }) => !suffix.test(path)),
    evidence: files.filter(({ path }) => suffix.test(path)),
  };
}

/** By the id of the rule in the file beside it. */
export function readEvidence(
  files: readonly RuleFile[],
  rules: readonly LoadedRule[],
): {
  readonly byRule: ReadonlyMap<string, readonly NewEvidence[]>;
  readonly refused: readonly RefusedRule[];
} {
  const byRule = new Map<string, readonly NewEvidence[]>();
  const refused: RefusedRule[] = [];
  const refuse = (file: string, reason: string, line: number | null = null): void => {
    refused.push({ file, line, id: null, title: null, reason });
  };
  const byPath = new Map(rules.map((rule) => [rule.path, rule]));
  for (const { path, content } of files) {
    const rule = byPath.get(path.replace(suffix, '.$1'));
    // A rule that was refused is told already.
    if (rule === undefined || (rule.kind !== 'detection' && rule.kind !== 'new_terms')) continue;
    try {
      const read = EvidenceFile.safeParse(load(content, { maxAliases: 0 }));
      if (read.success) byRule.set(rule.id, casesOf(read.data, rule));
      else
        refuse(
          path,
          `no evidence: ${read.error.issues[0]?.path.join('.') ?? ''} ${read.error.issues[0]?.message ?? ''}`,
        );
    } catch (thrown) {
      if (!(thrown instanceof YAMLException)) throw thrown;
      refuse(path, `not valid YAML: ${thrown.reason}`, (thrown.mark?.line ?? 0) + 1);
    }
  }
  return { byRule, refused };
}

function casesOf(file: z.infer<typeof EvidenceFile>, rule: LoadedRule): readonly NewEvidence[] {
  const caseOf =
    (expect: NewEvidence['expect']) =>
    ({ why, event }: z.infer<typeof Case>): NewEvidence => ({
      expect,
      why,
      record: JSON.stringify(event, null, 1),
      event: { fields: event, logsource: logsourceOf(rule, event) },
    });
  return [...file.positive.map(caseOf('match')), ...file.near_miss.map(caseOf('miss'))];
}

/** As a parser gives it: a Windows event says the rest by its channel, other parsers name their service and category. */
function logsourceOf(
  { logsource }: LoadedRule,
  event: Readonly<Record<string, unknown>>,
): SigmaEvent['logsource'] {
  const { product } = logsource;
  return product === 'windows' && Object.hasOwn(event, 'Channel') ? { product } : logsource;
}
