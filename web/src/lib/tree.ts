/** Processes as lines: parents above children, each as deep as it stands. */
import type { ProcessNode } from './types.ts';

export interface TreeLine {
  readonly node: ProcessNode;
  readonly depth: number;
}

export function treeLines(nodes: readonly ProcessNode[]): readonly TreeLine[] {
  const ids = new Set(nodes.map((node) => node.id));
  const children = new Map<string, ProcessNode[]>();
  for (const node of nodes) {
    const isChild = node.parentId !== null && ids.has(node.parentId) && node.parentId !== node.id;
    const parent = isChild ? (node.parentId ?? '') : '';
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const lines: TreeLine[] = [];
  const seen = new Set<string>();
  const add = (parent: string, depth: number): void => {
    for (const node of (children.get(parent) ?? []).toSorted(byTime)) {
      if (seen.has(node.id)) continue;
      seen.add(node.id);
      lines.push({ node, depth });
      add(node.id, depth + 1);
    }
  };
  add('', 0);
  // Records can name each other as parents; such processes are still shown.
  for (const node of nodes) if (!seen.has(node.id)) lines.push({ node, depth: 0 });
  return lines;
}

/** Ancestors and descendants of the process in focus, with its siblings left out: what fits a drawer. */
export function aroundFocus(lines: readonly TreeLine[], most: number): readonly TreeLine[] {
  const at = lines.findIndex(({ node }) => node.focus);
  if (at === -1 || lines.length <= most) return lines.slice(0, most);
  const above: TreeLine[] = [];
  let depth = lines[at]?.depth ?? 0;
  for (const line of lines.slice(0, at).toReversed()) {
    if (line.depth >= depth) continue;
    above.unshift(line);
    depth = line.depth;
  }
  const focusDepth = lines[at]?.depth ?? 0;
  const rest = lines.slice(at);
  const end = rest.findIndex((line, i) => i > 0 && line.depth <= focusDepth);
  return [...above, ...rest.slice(0, end === -1 ? rest.length : end)].slice(0, most);
}

function byTime(a: ProcessNode, b: ProcessNode): number {
  return (a.at ?? '').localeCompare(b.at ?? '');
}
