/** The public rule collection, compiled. */
import { readFileSync } from 'node:fs';
import { readRuleFiles } from '../src/app/rule-files.ts';
import {
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  type SigmaEvent,
} from '../src/lang/sigma/index.ts';
import { plainReader, type RuleReader } from '../src/pipeline/rule-reader.ts';

export const mappings: LogsourceMappings = parseMappings(
  readFileSync('content/mappings/windows.yml', 'utf8'),
);

/**
 * A line as an event. A class, since V8 learns to make literals that live as long as a batch among the old
 * objects, where they keep their events from being collected.
 */
export class LineEvent implements SigmaEvent {
  readonly fields: Record<string, unknown>;
  readonly logsource: SigmaEvent['logsource'];

  constructor(line: string, logsource: SigmaEvent['logsource']) {
    this.fields = JSON.parse(line) as Record<string, unknown>;
    this.logsource = logsource;
  }
}

/** The folder `rules/` of the archive. `edit`: what is to be read in the place of a text. */
export async function publicRules(
  archive: string,
  reader: RuleReader = plainReader(),
  edit: (content: string, path: string) => string = (content) => content,
): Promise<readonly CompiledRule[]> {
  const { files } = await readRuleFiles(archive);
  const { proven } = reader;
  return files
    .filter(({ path }) => path.startsWith('rules/'))
    .flatMap(({ path, content }) => reader.parse(edit(content, path), path).documents)
    .flatMap((document) => {
      const result = compileRule(document, { mappings, proven });
      if (!result.ok) return [];
      proven.add(document);
      return [result.value];
    });
}
