/** An alert in the drawer: why it is here, why it fired, who it is about, what was before, what to do. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCanTriage } from '../../app/session.tsx';
import { Entities } from '../../components/entities.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { Guide } from '../../components/guide.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { PriorityLine } from '../../components/priority.tsx';
import { ProcessTree } from '../../components/process-tree.tsx';
import { Reason } from '../../components/reason.tsx';
import { EarlierVerdicts, Related } from '../../components/related.tsx';
import { SubjectActions } from '../../components/subject-actions.tsx';
import { Value } from '../../components/value.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { WaitingNote } from '../../components/waiting-note.tsx';
import { When } from '../../components/when.tsx';
import { Why } from '../../components/why.tsx';
import { orpc } from '../../lib/api.ts';
import { alertSubject, type Subject } from '../../lib/subject.ts';
import { exact } from '../../lib/time.ts';
import type { AlertDetail } from '../../lib/types.ts';
import styles from './drawer.module.css';
import type { DrawerProps } from './drawer-props.ts';
import { Section } from './section.tsx';

const relatedShown = 4;

export function AlertDrawer({ itemKey, subject, note, armed, onArm, onClosed, onPeek }: DrawerProps) {
  const detail = useQuery(orpc.alerts.get.queryOptions({ input: { id: itemKey } }));
  const canTriage = useCanTriage();
  const newest = newer(subject, detail.data);
  return (
    <>
      {/* Scrolls, so a keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.body} tabIndex={0} role="region" aria-label="Details">
        {newest === undefined ? null : (
          <Intro subject={newest} detail={detail.data} onPeek={onPeek} canTriage={canTriage} />
        )}
        {detail.isPending ? <Bones rows={9} height={40} /> : null}
        {detail.isError ? (
          <Failure
            what={`${itemKey} could not be read.`}
            error={detail.error}
            stillTrue="The list beside it is as it was."
            onRetry={() => void detail.refetch()}
          />
        ) : null}
        {detail.data === undefined ? null : (
          <>
            <Section name="Why it fired">
              <Why alert={detail.data} limit={400} />
            </Section>
            <Surroundings alert={detail.data} />
            <Section name="History">
              {canTriage ? <NoteBox subject={alertSubject(detail.data)} box={note} /> : null}
              <div className={styles.history}>
                <History entries={detail.data.history} />
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
function newer(subject: Subject | undefined, detail: AlertDetail | undefined): Subject | undefined {
  if (detail === undefined) return subject;
  return subject === undefined || subject.version < detail.version ? alertSubject(detail) : subject;
}

function Intro({
  subject,
  detail,
  canTriage,
  onPeek,
}: {
  readonly subject: Subject;
  readonly detail: AlertDetail | undefined;
  readonly canTriage: boolean;
  readonly onPeek: DrawerProps['onPeek'];
}) {
  const context = useQuery(orpc.alerts.context.queryOptions({ input: { id: subject.key } }));
  return (
    <div className={styles.intro}>
      <h2>
        <Value text={subject.title} plain />
      </h2>
      {context.data === undefined ? (
        detail === undefined ? null : (
          <Reason alert={detail} />
        )
      ) : (
        <p className={styles.sentence}>
          <Value text={context.data.sentence} plain />
        </p>
      )}
      {detail === undefined ? null : (
        <p className={styles.sentence}>
          <PriorityLine priority={detail.priority} reasons={detail.priorityReasons} />. Happened{' '}
          {exact(detail.firstEventAt).slice(0, 19)}, raised <When at={detail.createdAt} /> ago.
        </p>
      )}
      {detail === undefined ? null : <Links detail={detail} onPeek={onPeek} />}
      <WaitingNote subject={subject} />
      {canTriage ? <SubjectActions subjects={[subject]} /> : null}
    </div>
  );
}

function Links({ detail, onPeek }: { readonly detail: AlertDetail; readonly onPeek: DrawerProps['onPeek'] }) {
  const { incident, predecessor } = detail;
  if (incident === null && predecessor === null) return null;
  return (
    <p className={styles.sentence}>
      {incident === null ? null : (
        <>
          In{' '}
          <button type="button" className="link mono" onClick={() => onPeek(incident.key)}>
            {incident.key}
          </button>
          {'. '}
        </>
      )}
      {predecessor === null ? null : (
        <>
          Came back after{' '}
          <Link to="/alerts/$key" params={{ key: predecessor.key }} className="mono">
            {predecessor.key}
          </Link>{' '}
          was closed.
        </>
      )}
    </p>
  );
}

/** What is read apart from the alert itself; a part that fails leaves the others. */
function Surroundings({ alert }: { readonly alert: AlertDetail }) {
  const context = useQuery(orpc.alerts.context.queryOptions({ input: { id: alert.key } }));
  if (context.isPending) return <Bones rows={4} height={40} />;
  if (context.isError) {
    return (
      <Failure
        what="Entities and earlier verdicts could not be read."
        error={context.error}
        stillTrue="What stands above is complete."
        onRetry={() => void context.refetch()}
      />
    );
  }
  const { entities, guide } = context.data;
  return (
    <>
      <Section name="Entities">
        <Entities entities={entities} alert={alert} />
      </Section>
      {alert.evidence.length === 0 ? null : (
        <Section
          name="Process tree"
          more={
            <Link to="/alerts/$key" params={{ key: alert.key }} search={{ tab: 'tree' }}>
              Open full tree
            </Link>
          }
        >
          <ProcessTree id={alert.key} whole={false} />
        </Section>
      )}
      <Section name="Related alerts">
        <Related context={context.data} most={relatedShown} />
      </Section>
      {alert.ruleId === '' ? null : (
        <Section name="This rule here, earlier verdicts">
          <EarlierVerdicts context={context.data} />
        </Section>
      )}
      {guide === null ? null : (
        <Section name="Guide">
          <Guide text={guide} />
        </Section>
      )}
    </>
  );
}
