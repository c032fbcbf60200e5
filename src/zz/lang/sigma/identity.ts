/** The id of a rule that names none. */
import { hashId } from '../../base/ids.ts';
import type { YamlNode } from './yaml.ts';

/**
 * A UUID (version 8, RFC 9562 section 5.8) made of what the rule detects: it stays when comments,
 * layout or metadata change, and changes with title or content (of a rule: logsource and detection).
 */
export function documentId(title: string, content: readonly YamlNode[]): string {
  const hex = hashId('sigma-rule', title, ...content.map((node) => JSON.stringify(plain(node))));
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(plain);
  return node.entries.map((entry) => [entry.key, plain(entry.value)]);
}
