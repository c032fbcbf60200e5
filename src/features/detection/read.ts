/** Texts to rules that compile, and to refusals: in slices, so that thousands do not hold up the event loop. */
import { setImmediate } from 'node:timers/promises';
import { sha256Hex } from '../../base/ids.ts';
import { compileRule, type LogsourceMappings, parseSigma, type SigmaRule } from '../../lang/sigma/index.ts';
import type { LoadedRule } from './save.ts';
import type { RefusedRule, RuleFile } from './types.ts';

/** What fits an address and a log line: UUIDs, as Sigma asks for, and the names that some collections use. */
const idForm = /^[\x21-\x7e]{1,100}$/;

/** About 20 ms of work: a rule takes half a millisecond to read and compile. */
const documentsASlice = 40;

export interface ReadRules {
  readonly rules: readonly LoadedRule[];
  readonly refused: readonly RefusedRule[];
}

export async function readRules(files: readonly RuleFile[], mappings: LogsourceMappings): Promise<ReadRules> {
  const rules = new Map<string, LoadedRule>();
  const refused: RefusedRule[] = [];
  let sliced = 0;
  for (const file of files) {
    const parsed = parseSigma(file.content, file.path);
    refused.push(...parsed.refused);
    for (const document of parsed.documents) {
      const refusal = refusalOf(document, rules, mappings);
      if (refusal === null) rules.set(document.id, loadedRule(document));
      else refused.push(refusal);
      sliced += 1;
      if (sliced % documentsASlice === 0) await setImmediate();
    }
    // Files that hold no rule cost time as well.
    sliced += 1;
    if (sliced % documentsASlice === 0) await setImmediate();
  }
  return { rules: [...rules.values()], refused };
}

function refusalOf(
  rule: SigmaRule,
  earlier: ReadonlyMap<string, LoadedRule>,
  mappings: LogsourceMappings,
): RefusedRule | null {
  if (!idForm.test(rule.id)) {
    const reason = 'the id has to be a UUID, or at most 100 ASCII characters without blanks';
    return { file: rule.file, line: rule.line, id: null, title: rule.title, reason };
  }
  const first = earlier.get(rule.id);
  if (first !== undefined) {
    const reason = `the id ${rule.id} is already taken in this load by "${first.title}" (${first.path})`;
    return { file: rule.file, line: rule.line, id: rule.id, title: rule.title, reason };
  }
  const compiled = compileRule(rule, { mappings });
  return compiled.ok ? null : compiled.error;
}

export function loadedRule(rule: SigmaRule): LoadedRule {
  const { product, service, category } = rule.logsource;
  return {
    id: rule.id,
    hash: sha256Hex(rule.source),
    title: rule.title,
    severity: rule.level,
    status: rule.status ?? '',
    author: rule.author,
    description: rule.description,
    logsource: {
      ...(product === undefined ? {} : { product }),
      ...(service === undefined ? {} : { service }),
      ...(category === undefined ? {} : { category }),
    },
    tags: rule.tags,
    references: rule.references,
    falsepositives: rule.falsepositives,
    license: rule.license,
    path: rule.file,
    source: rule.source,
  };
}
