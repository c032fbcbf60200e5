/** The selected alert beside the list: enough to decide, most important first. */
import { IconArrowsDiagonal, IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type RefObject } from 'react';
import { useCanTriage, useMe } from '../../app/session.tsx';
import { AssignButton } from '../../components/assign-button.tsx';
import { EntityFacts } from '../../components/entity-facts.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { Reason } from '../../components/reason.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { Why } from '../../components/why.tsx';
import { orpc } from '../../lib/api.ts';
import { type AlertSummary, severityNames } from '../../lib/types.ts';
import styles from './drawer.module.css';

interface Props {
  readonly alertKey: string;
  /** The row, which is there before the details are. */
  readonly row: AlertSummary | undefined;
  readonly note: RefObject<HTMLTextAreaElement | null>;
  readonly onStep: (by: 1 | -1) => void;
  readonly onLeave: () => void;
  readonly onClosed: () => void;
}

export function Drawer({ alertKey, row, note, onStep, onLeave, onClosed }: Props) {
  const detail = useQuery(orpc.alerts.get.queryOptions({ input: { id: alertKey } }));
  const canTriage = useCanTriage();
  const me = useMe();
  const newest = newer(row, detail.data);
  return (
    <aside className={styles.drawer} aria-label={`Alert ${alertKey}`}>
      <header className={styles.head}>
        {newest === undefined ? null : (
          <>
            <SeverityMark severity={newest.severity} named /> <span>{severityNames[newest.severity]}</span>
          </>
        )}
        <span className={`mono ${styles.key}`}>{alertKey}</span>
        <Tool name="Previous alert (k)" onClick={() => onStep(-1)}>
          <IconChevronUp size={17} aria-hidden />
        </Tool>
        <Tool name="Next alert (j)" onClick={() => onStep(1)}>
          <IconChevronDown size={17} aria-hidden />
        </Tool>
        <Link
          to="/alerts/$key"
          params={{ key: alertKey }}
          className="btn"
          data-quiet
          data-icon
          aria-label="Full page (Enter)"
          title="Full page (Enter)"
        >
          <IconArrowsDiagonal size={16} aria-hidden />
        </Link>
        <Tool name="Close the drawer (Esc)" onClick={onLeave}>
          <IconX size={17} aria-hidden />
        </Tool>
      </header>
      {/* Scrolls, so a keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.body} tabIndex={0} role="region" aria-label="Details">
        {newest === undefined ? null : (
          <div className={styles.intro}>
            <h2>
              <Value text={newest.title} plain />
            </h2>
            <Reason alert={newest} />
            {canTriage ? <AssignButton alert={newest} me={me} /> : null}
          </div>
        )}
        {detail.isPending ? <Bones rows={7} height={34} /> : null}
        {detail.isError ? (
          <Failure
            what={`${alertKey} could not be read.`}
            error={detail.error}
            stillTrue="The list beside it is as it was."
            onRetry={() => void detail.refetch()}
          />
        ) : null}
        {detail.data === undefined ? null : (
          <>
            <section className="section">
              <h2>Why it fired</h2>
              <Why alert={detail.data} limit={400} />
            </section>
            <section className="section">
              <h2>Entities</h2>
              <EntityFacts alert={detail.data} />
            </section>
            <section className="section">
              <h2>History</h2>
              {canTriage ? <NoteBox key={alertKey} alert={detail.data} box={note} /> : null}
              <div className={styles.history}>
                <History entries={detail.data.history} />
              </div>
            </section>
          </>
        )}
      </div>
      {newest !== undefined && canTriage ? (
        <VerdictBar key={alertKey} alert={newest} onClosed={onClosed} />
      ) : null}
    </aside>
  );
}

function newer(row: AlertSummary | undefined, detail: AlertSummary | undefined): AlertSummary | undefined {
  if (row === undefined || detail === undefined) return row ?? detail;
  return row.version > detail.version ? row : detail;
}

function Tool({
  name,
  onClick,
  children,
}: {
  readonly name: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="btn"
      data-quiet
      data-icon
      aria-label={name}
      title={name}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
