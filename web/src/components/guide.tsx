/** A rule's guide: headings, lists, paragraphs and code of its Markdown; everything else stays as typed. */
import { Fragment, type ReactNode } from 'react';
import { type Block, readBlocks } from '../lib/markdown.ts';
import styles from './context.module.css';
import { Value } from './value.tsx';

export function Guide({ text }: { readonly text: string }) {
  return (
    <div className={styles.guide}>
      {readBlocks(text).map((block, i) => (
        <Fragment key={`${i}${block.kind}`}>{draw(block)}</Fragment>
      ))}
    </div>
  );
}

function draw(block: Block): ReactNode {
  const items = block.lines.map((line, i) => <li key={`${i}`}>{inline(line)}</li>);
  switch (block.kind) {
    case 'heading':
      return <h3>{inline(block.lines.join(' '))}</h3>;
    case 'bullets':
      return <ul>{items}</ul>;
    case 'numbers':
      return <ol>{items}</ol>;
    case 'paragraph':
      return <p>{inline(block.lines.join(' '))}</p>;
  }
}

function inline(text: string): ReactNode {
  return text.split(/(`[^`]+`)/).map((part, i) =>
    part.startsWith('`') && part.endsWith('`') && part.length > 2 ? (
      <code key={`${i}`}>
        <Value text={part.slice(1, -1)} />
      </code>
    ) : (
      <Value key={`${i}`} text={part} plain />
    ),
  );
}
