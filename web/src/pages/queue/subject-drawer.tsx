/** What the drawer of an alert and that of an incident share: head, what is read of it, history, verdict. */
import { type ReactNode, useDeferredValue } from 'react';
import { useCanTriage } from '../../app/session.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { SubjectActions } from '../../components/subject-actions.tsx';
import { useSettled } from '../../components/use-settled.ts';
import { Value } from '../../components/value.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { WaitingNote } from '../../components/waiting-note.tsx';
import type { Subject } from '../../lib/subject.ts';
import type { AlertDetail, IncidentDetail } from '../../lib/types.ts';
import styles from './drawer.module.css';
import type { DrawerProps } from './drawer-props.ts';
import { Section } from './section.tsx';

interface Props extends Omit<DrawerProps, 'onPeek'> {
  /** As the service has it in whole; undefined until it is read. */
  readonly read: Subject | undefined;
  readonly history: AlertDetail['history'] | IncidentDetail['history'] | undefined;
  readonly query: {
    readonly isPending: boolean;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** Something of it is still read: all of it is drawn together, if that is soon. */
  readonly pending: boolean;
  /** After the title and what can be done. */
  readonly words: ReactNode;
  /** Drawn at once, when it is read. */
  readonly first: ReactNode;
  /** Drawn after that, when there is time. */
  readonly rest: ReactNode;
}

export function SubjectDrawer(props: Props) {
  const { itemKey, subject, read, query, armed, onArm, onClosed } = props;
  const canTriage = useCanTriage();
  const newest = newer(subject, read);
  const isSettled = useSettled(props.pending);
  const hasTime = useDeferredValue(true, false);
  return (
    <>
      {/* Scrolls, so a keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.body} tabIndex={0} role="region" aria-label="Details">
        {newest === undefined ? null : (
          <div className={styles.intro}>
            <h2>
              <Value text={newest.title} plain />
            </h2>
            {canTriage ? <SubjectActions subjects={[newest]} /> : null}
            <WaitingNote subject={newest} />
            {isSettled ? props.words : null}
          </div>
        )}
        {query.isPending || !isSettled ? <Bones rows={9} height={40} /> : null}
        {query.error === null ? null : (
          <Failure
            what={`${itemKey} could not be read.`}
            error={query.error}
            stillTrue="The list beside it is as it was."
            onRetry={() => void query.refetch()}
          />
        )}
        {read === undefined || !isSettled ? null : props.first}
        {read === undefined || !isSettled || !hasTime ? null : (
          <>
            {props.rest}
            <Section name="History">
              {canTriage ? <NoteBox subject={read} box={props.note} /> : null}
              <div className={styles.history}>
                <History entries={props.history ?? []} />
              </div>
            </Section>
          </>
        )}
      </div>
      {newest !== undefined && canTriage ? (
        <VerdictBar subjects={[newest]} armed={armed} onArm={onArm} onClosed={onClosed} />
      ) : null}
    </>
  );
}

/** The row may have been patched before the details, or the other way round. */
function newer(subject: Subject | undefined, read: Subject | undefined): Subject | undefined {
  if (read === undefined) return subject;
  return subject === undefined || subject.version < read.version ? read : subject;
}
