/** What could not be seen around an alert or an incident, each with where to look; nothing where nothing is missing. */
import { IconEyeOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { explain } from '../lib/errors.ts';
import type { RowKind, Unseen as UnseenItem } from '../lib/types.ts';
import styles from './unseen.module.css';
import { useUnseen } from './use-unseen.ts';
import { Value } from './value.tsx';

interface Props {
  readonly kind: RowKind;
  /** Id or display key. */
  readonly id: string;
}

/** What comes after its surroundings were drawn has one line there, and is unfolded by a person. */
export function Unseen({ kind, id }: Props) {
  const found = useUnseen(kind, id);
  const [isLate] = useState(found.isPending);
  const [isOpen, setOpen] = useState(false);
  const items = found.data?.items ?? [];
  if (found.isError) {
    return (
      <p className={styles.line} title={explain(found.error)}>
        What could not be seen is not known.{' '}
        <button type="button" className="link" onClick={() => void found.refetch()}>
          Try again
        </button>
      </p>
    );
  }
  if (!isLate || isOpen) return items.length === 0 ? null : <List items={items} />;
  if (found.isPending) return <p className={styles.line}>Looking for what could not be seen</p>;
  if (items.length === 0) return <p className={styles.line}>Nothing is known to be missing</p>;
  return (
    <p className={styles.line}>
      <button type="button" className="link" aria-expanded={false} onClick={() => setOpen(true)}>
        <IconEyeOff size={14} stroke={1.7} aria-hidden />{' '}
        {items.length === 1 ? '1 thing' : `${items.length} things`} could not be seen
      </button>
    </p>
  );
}

function List({ items }: { readonly items: readonly UnseenItem[] }) {
  return (
    <section className={styles.unseen} aria-label="What could not be seen">
      <p className={styles.title}>
        <IconEyeOff size={14} stroke={1.7} aria-hidden /> What could not be seen
      </p>
      <ul>
        {items.map((item) => (
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
