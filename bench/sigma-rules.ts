/** The public rule collection, compiled. */
import { readFileSync } from 'node:fs';
import { readRuleFiles } from '../src/app/rule-files.ts';
import {
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  parseSigma,
} from '../src/lang/sigma/index.ts';

export const mappings: LogsourceMappings = parseMappings(
  readFileSync('content/mappings/windows.yml', 'utf8'),
);

/** The folder `rules/` of the archive. */
export async function publicRules(archive: string): Promise<readonly CompiledRule[]> {
  const { files } = await readRuleFiles(archive);
  return files
    .filter(({ path }) => path.startsWith('rules/'))
    .flatMap(({ path, content }) => parseSigma(content, path).documents)
    .flatMap((document) => {
      const result = compileRule(document, { mappings });
      return result.ok ? [result.value] : [];
    });
}
