/** For the tests of this folder: a rule made of its detection, against the fields of one event. */
import {
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  type Placeholders,
  parseMappings,
  parseSigma,
} from './index.ts';

export const testMappings: LogsourceMappings = parseMappings(`
version: 1
product: windows
channelField: Channel
services:
  security: [Security]
  sysmon: [Microsoft-Windows-Sysmon/Operational]
categories:
  process_creation:
    - { service: sysmon, where: { EventID: 1 } }
    - { service: security, where: { EventID: 4688 }, aliases: { Image: NewProcessName, ProcessId: NewProcessId } }
  registry_delete:
    - { service: sysmon, where: { EventID: 12, EventType: [DeleteKey, DeleteValue] } }
`);

/** `detection` is the YAML below the key `detection:`. */
export function ruleText(detection: string, head = 'logsource:\n  product: test'): string {
  const lines = detection.split('\n').map((line) => `  ${line}`);
  return `title: a rule\n${head}\ndetection:\n${lines.join('\n')}\n`;
}

/** The compiled rule, or the reason why there is none. */
export function compileText(text: string, placeholders: Placeholders = {}): CompiledRule | string {
  const { documents, refused } = parseSigma(text, 'test.yml');
  const [rule] = documents;
  if (rule === undefined) return refused[0]?.reason ?? 'nothing was read';
  const result = compileRule(rule, { mappings: testMappings, placeholders });
  return result.ok ? result.value : result.error.reason;
}

/** Whether the selection `sel` matches, or the reason why the rule is refused. */
export function trySelection(
  selection: string,
  fields: Readonly<Record<string, unknown>>,
  placeholders: Placeholders = {},
): boolean | string {
  const indented = selection
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  const rule = compileText(ruleText(`sel:\n${indented}\ncondition: sel`), placeholders);
  return typeof rule === 'string' ? rule : rule.matches({ fields, logsource: { product: 'test' } });
}
