/** For what it waits and until when. */
import { IconClock } from '@tabler/icons-react';
import type { Subject } from '../lib/subject.ts';
import { exact } from '../lib/time.ts';
import styles from './notes.module.css';
import { Value } from './value.tsx';
import { When } from './when.tsx';

export function WaitingNote({ subject }: { readonly subject: Pick<Subject, 'waiting'> }) {
  const { waiting } = subject;
  if (waiting === null) return null;
  return (
    <p className={styles.note}>
      <IconClock size={15} aria-hidden />
      <span>
        Waits for <Value text={waiting.for} plain />. It wakes <When at={waiting.until} /> (
        {exact(waiting.until).slice(0, 16)} UTC).
      </span>
    </p>
  );
}
