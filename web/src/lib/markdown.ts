/** The part of Markdown that guides of rules use: headings, lists, paragraphs. */

export interface Block {
  readonly kind: 'heading' | 'bullets' | 'numbers' | 'paragraph';
  readonly lines: readonly string[];
}

const shapes: readonly { readonly kind: Block['kind']; readonly pattern: RegExp }[] = [
  { kind: 'heading', pattern: /^#{1,6}\s+/ },
  { kind: 'bullets', pattern: /^\s*[-*+]\s+/ },
  { kind: 'numbers', pattern: /^\s*\d+[.)]\s+/ },
];

export function readBlocks(text: string): readonly Block[] {
  const blocks: { kind: Block['kind']; lines: string[] }[] = [];
  let open = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') {
      open = false;
      continue;
    }
    const shape = shapes.find(({ pattern }) => pattern.test(line));
    const last = blocks.at(-1);
    if (shape === undefined) {
      // A line that goes on: of the paragraph, or of the item before it.
      if (open && last !== undefined && last.kind !== 'heading') {
        if (last.kind === 'paragraph') last.lines.push(line.trim());
        else last.lines[last.lines.length - 1] += ` ${line.trim()}`;
      } else blocks.push({ kind: 'paragraph', lines: [line.trim()] });
    } else {
      const words = line.replace(shape.pattern, '').trim();
      if (shape.kind !== 'heading' && last?.kind === shape.kind) last.lines.push(words);
      else blocks.push({ kind: shape.kind, lines: [words] });
    }
    open = true;
  }
  return blocks;
}
