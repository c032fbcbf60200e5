/** A Sigma rule as read: what it says about itself, and its detection as a tree. */
import { type Detection, readDetection } from './detection.ts';
import { RuleFault } from './fault.ts';
import { type DocumentHead, mappingOf, readHead, textOf } from './head.ts';
import type { YamlMapping } from './yaml.ts';

export { type Level, levels } from './head.ts';

export interface RuleLogsource {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
  /** What has to be set up for the source; for people, not evaluated. */
  readonly definition?: string;
}

export interface SigmaRule extends DocumentHead {
  readonly logsource: RuleLogsource;
  readonly detection: Detection;
  /** The conditions as written, one a line. */
  readonly condition: string;
}

/** Throws a RuleFault with the line of what is wrong. */
export function readRule(node: YamlMapping, source: string, file: string): SigmaRule {
  const logsourceNode = mappingOf(node, 'logsource');
  const logsource = readLogsource(logsourceNode);
  const detectionNode = mappingOf(node, 'detection');
  const detection = readDetection(detectionNode);
  const head = readHead(node, source, file, [logsourceNode, detectionNode]);
  return { ...head, logsource, detection, condition: detection.conditionText };
}

export function readLogsource(node: YamlMapping): RuleLogsource {
  const logsource: { -readonly [K in keyof RuleLogsource]: string } = {};
  for (const key of ['product', 'service', 'category', 'definition'] as const) {
    const value = textOf(node, key);
    if (value !== null && value.trim() !== '') logsource[key] = value;
  }
  if (
    logsource.product === undefined &&
    logsource.service === undefined &&
    logsource.category === undefined
  ) {
    throw new RuleFault(node.line, 'logsource names neither category, product nor service');
  }
  return logsource;
}
