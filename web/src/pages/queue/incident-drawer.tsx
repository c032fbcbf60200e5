/** An incident in the drawer: why these are one, its alerts in order, whom it is about. */
import { useQuery } from '@tanstack/react-query';
import { useCanTriage } from '../../app/session.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { PriorityLine } from '../../components/priority.tsx';
import { QueueValue } from '../../components/queue-value.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { SubjectActions } from '../../components/subject-actions.tsx';
import { Value } from '../../components/value.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { WaitingNote } from '../../components/waiting-note.tsx';
import { orpc } from '../../lib/api.ts';
import { incidentSubject, type Subject, standing } from '../../lib/subject.ts';
import { between, exact } from '../../lib/time.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import styles from './drawer.module.css';
import type { DrawerProps } from './drawer-props.ts';
import { Section } from './section.tsx';

export function IncidentDrawer({ itemKey, subject, note, armed, onArm, onClosed, onPeek }: DrawerProps) {
  const detail = useQuery(orpc.incidents.get.queryOptions({ input: { id: subject?.id ?? itemKey } }));
  const canTriage = useCanTriage();
  const newest = newer(subject, detail.data);
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
            {detail.data === undefined ? null : <Words incident={detail.data} />}
            <WaitingNote subject={newest} />
            {canTriage ? <SubjectActions subjects={[newest]} /> : null}
          </div>
        )}
        {detail.isPending ? <Bones rows={8} height={40} /> : null}
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
            <Section name="Alerts, in the order in which they happened">
              <Members incident={detail.data} onPeek={onPeek} />
            </Section>
            <Section name="Entities they share">
              <Shared incident={detail.data} />
            </Section>
            <Section name="History">
              {canTriage ? <NoteBox subject={incidentSubject(detail.data)} box={note} /> : null}
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

function newer(subject: Subject | undefined, detail: IncidentDetail | undefined): Subject | undefined {
  if (detail === undefined) return subject;
  return subject === undefined || subject.version < detail.version ? incidentSubject(detail) : subject;
}

function Words({ incident }: { readonly incident: IncidentDetail }) {
  return (
    <>
      <p className={styles.sentence}>
        One incident because:{' '}
        <Value text={incident.reason === '' ? 'a person made it' : incident.reason} plain />.
      </p>
      <p className={styles.sentence}>
        <PriorityLine priority={incident.priority} reasons={incident.priorityReasons} />. Happened{' '}
        {between(incident.firstEventAt, incident.lastEventAt)}.
      </p>
      {incident.description === '' ? null : (
        <p className={styles.sentence}>
          <Value text={incident.description} plain limit={400} />
        </p>
      )}
    </>
  );
}

const membersShown = 15;

function Members({
  incident,
  onPeek,
}: {
  readonly incident: IncidentDetail;
  readonly onPeek: DrawerProps['onPeek'];
}) {
  const shown = incident.members.slice(0, membersShown);
  return (
    <>
      <ol className={styles.members}>
        {shown.map((alert) => (
          <li key={alert.id} data-done={alert.status === 'closed' || undefined}>
            <span className="num dim" title={exact(alert.firstEventAt)}>
              {exact(alert.firstEventAt).slice(11, 19)}
            </span>
            <SeverityMark severity={alert.severity} size={12} />
            <button type="button" className={`cut ${styles.member}`} onClick={() => onPeek(alert.key)}>
              <Value text={alert.title} plain />
            </button>
            <span className="dim">{alert.status === 'closed' ? standing(alert) : ''}</span>
          </li>
        ))}
      </ol>
      {incident.alerts > shown.length ? (
        <p className={styles.sentence}>{incident.alerts - shown.length} more on the full page.</p>
      ) : null}
    </>
  );
}

function Shared({ incident }: { readonly incident: IncidentDetail }) {
  if (incident.entities.length === 0) return <p className="dim">None: a person put them together.</p>;
  return (
    <dl className="facts">
      {incident.entities.map(({ kind, id }) => (
        <div key={`${kind}${id}`} className="contents">
          <dt>{kind === 'ip' ? 'Address' : kind[0]?.toUpperCase() + kind.slice(1)}</dt>
          <dd>{kind === 'ip' ? <Value text={id} copy /> : <QueueValue facet={kind} id={id} name={id} />}</dd>
        </div>
      ))}
    </dl>
  );
}
