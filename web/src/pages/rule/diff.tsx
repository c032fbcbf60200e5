/** Two texts as a unified diff, signs and words beside the colours. */
import { useQuery } from '@tanstack/react-query';
import { Bones } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import styles from './diff.module.css';

interface Props {
  readonly before: string;
  readonly after: string;
  readonly beforeName: string;
  readonly afterName: string;
}

export function Diff({ before, after, beforeName, afterName }: Props) {
  const diff = useQuery({
    ...orpc.rules.diff.queryOptions({ input: { before, after } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (diff.isPending) return <Bones rows={6} height={22} />;
  if (diff.isError) return <p className="dim">They could not be compared. {explain(diff.error)}</p>;
  if (diff.data.diff === '') return <p className={`dim ${styles.same}`}>The two texts are the same.</p>;
  return (
    <pre className={styles.diff} tabIndex={0} role="region" aria-label={`From ${beforeName} to ${afterName}`}>
      {diff.data.diff.split('\n').map((line, at) => (
        <span key={`${at}`} data-sign={signOf(line)}>
          <span className="unseen">{spoken[signOf(line)]}</span>
          <Value text={line} />
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

type Sign = 'added' | 'removed' | 'place' | 'same';

const spoken: Readonly<Record<Sign, string>> = {
  added: 'added: ',
  removed: 'removed: ',
  place: '',
  same: '',
};

function signOf(line: string): Sign {
  if (line.startsWith('@@')) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
}
