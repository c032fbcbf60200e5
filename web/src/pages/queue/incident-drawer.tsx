/** An incident in the drawer: why these are one, its alerts in order, whom it is about. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { PriorityLine } from '../../components/priority.tsx';
import { QueueValue } from '../../components/queue-value.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Unseen } from '../../components/unseen.tsx';
import { useUnseen } from '../../components/use-unseen.ts';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { usePassing } from '../../lib/passing.ts';
import { incidentSubject, standing } from '../../lib/subject.ts';
import { between, exact } from '../../lib/time.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import styles from './drawer.module.css';
import type { DrawerProps } from './drawer-props.ts';
import { Section } from './section.tsx';
import { SubjectDrawer } from './subject-drawer.tsx';

export function IncidentDrawer({ onPeek, ...props }: DrawerProps) {
  const id = props.subject?.id ?? props.itemKey;
  const passing = usePassing();
  const query = useQuery(orpc.incidents.get.queryOptions({ input: { id }, enabled: !passing }));
  const unseen = useUnseen('incident', id);
  const incident = query.data;
  const read = useMemo(() => (incident === undefined ? undefined : incidentSubject(incident)), [incident]);
  return (
    <SubjectDrawer
      {...props}
      read={read}
      history={incident?.history}
      query={query}
      pending={query.isPending || unseen.isPending}
      words={incident === undefined ? null : <Words incident={incident} id={id} />}
      first={
        incident === undefined ? null : (
          <Section name="Alerts, in the order in which they happened">
            <Members incident={incident} onPeek={onPeek} />
          </Section>
        )
      }
      rest={
        incident === undefined ? null : (
          <Section name="Entities they share">
            <Shared incident={incident} />
          </Section>
        )
      }
    />
  );
}

function Words({ incident, id }: { readonly incident: IncidentDetail; readonly id: string }) {
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
      <Unseen kind="incident" id={id} />
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
