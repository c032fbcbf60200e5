/** What could not be seen around an alert or an incident, each with where to look; nothing where nothing is missing. */
import { IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { orpc } from '../lib/api.ts';
import { explain } from '../lib/errors.ts';
import { usePassing } from '../lib/passing.ts';
import type { RowKind, Unseen as UnseenItem } from '../lib/types.ts';
import styles from './unseen.module.css';
import { Value } from './value.tsx';

interface Props {
  readonly kind: RowKind;
  /** Id or display key. */
  readonly id: string;
}

export function Unseen({ kind, id }: Props) {
  const passing = usePassing();
  const ask = { input: { id }, enabled: !passing, staleTime: 60_000 };
  const found = useQuery(
    kind === 'alert'
      ? orpc.alerts.unseen.queryOptions(ask)
      : { ...orpc.incidents.unseen.queryOptions(ask), queryKey: orpc.incidents.unseen.queryKey(ask) },
  );
  if (found.isError) {
    return (
      <p className={styles.failed}>
        What could not be seen here could not be looked up. {explain(found.error)}{' '}
        <button type="button" className="link" onClick={() => void found.refetch()}>
          Try again
        </button>
      </p>
    );
  }
  if (found.data === undefined || found.data.items.length === 0) return null;
  return (
    <section className={styles.unseen} aria-label="What could not be seen">
      <p className={styles.title}>
        <IconEyeOff size={14} stroke={1.7} aria-hidden /> What could not be seen
      </p>
      <ul>
        {found.data.items.map((item) => (
          <li key={item.text}>
            <Value text={item.text} plain limit={400} />
            {item.link === null ? '.' : <Look link={item.link} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Look({ link }: { readonly link: NonNullable<UnseenItem['link']> }) {
  if (link.page === 'source') {
    return (
      <>
        {'. '}
        <Link to="/sources" search={{ row: link.source }}>
          The source
        </Link>
      </>
    );
  }
  if (link.page === 'event') {
    return (
      <>
        {'. '}
        <Link to="/events" search={{ row: link.event }}>
          The event
        </Link>
      </>
    );
  }
  const { host, source, unparsed, from, to } = link;
  return (
    <>
      {'. '}
      <Link
        to="/events"
        search={{
          ...(host === null ? {} : { host }),
          ...(source === null ? {} : { source }),
          ...(unparsed ? { kind: 'unparsed' } : {}),
          from: minute(from),
          to: minute(to),
        }}
      >
        {unparsed ? 'These records' : 'What there is'}
      </Link>
    </>
  );
}

/** As the events page has times in its address. */
function minute(at: string): string {
  return `${at.slice(0, 19)}Z`;
}
