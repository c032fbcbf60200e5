/** The incident over time. */
import { IconBell, IconMessage, IconPoint } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { deed, words } from '../../components/history.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { standing } from '../../lib/subject.ts';
import { exact } from '../../lib/time.ts';
import { type Moment, type Show, timeline } from '../../lib/timeline.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import styles from './incident.module.css';

const shows: readonly { readonly show: Show; readonly name: string }[] = [
  { show: 'all', name: 'All' },
  { show: 'alerts', name: 'Alerts' },
  { show: 'deeds', name: 'What was done' },
];

export function Timeline({ incident }: { readonly incident: IncidentDetail }) {
  const [show, setShow] = useState<Show>('all');
  const days = timeline(incident, show);
  const left = incident.alerts - incident.members.length;
  return (
    <>
      <div className={styles.filter} role="group" aria-label="Shown in the timeline">
        {shows.map((one) => (
          <button
            key={one.show}
            type="button"
            aria-pressed={one.show === show}
            onClick={() => setShow(one.show)}
          >
            {one.name}
          </button>
        ))}
      </div>
      {left > 0 ? (
        <p className={styles.partial}>
          The first {incident.members.length} alerts are shown; {left} more belong to it.
        </p>
      ) : null}
      {days.map(({ day, moments }) => (
        <section key={day} className={styles.day}>
          <h3>{day}</h3>
          <ol>
            {moments.map((moment) => (
              <Line key={moment.kind === 'alert' ? moment.alert.id : moment.entry.id} moment={moment} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function Line({ moment }: { readonly moment: Moment }) {
  const clock = (
    <time dateTime={moment.at} title={exact(moment.at)} className="num">
      {exact(moment.at).slice(11, 19)}
    </time>
  );
  if (moment.kind === 'alert') {
    const { alert } = moment;
    return (
      <li className={styles.moment} data-done={alert.status === 'closed' || undefined}>
        {clock}
        <IconBell size={14} stroke={1.6} aria-hidden />
        <span className={styles.what}>
          <SeverityMark severity={alert.severity} size={13} />
          <Link to="/alerts/$key" params={{ key: alert.key }} className="cut">
            <Value text={alert.title} plain />
          </Link>
          {alert.detections > 1 ? (
            <span className="num dim">×{alert.detections.toLocaleString('en')}</span>
          ) : null}
        </span>
        <span className={`cut dim ${styles.where}`}>
          <Value text={[alert.host, alert.user].filter((name) => name !== '').join(' · ')} />
        </span>
        <span className="dim">{standing(alert)}</span>
      </li>
    );
  }
  const { entry } = moment;
  const said = words(entry);
  return (
    <li className={styles.moment} data-deed>
      {clock}
      {entry.kind === 'commented' ? (
        <IconMessage size={14} stroke={1.6} aria-hidden />
      ) : (
        <IconPoint size={14} aria-hidden />
      )}
      <span className={styles.said}>
        <span className="dim">
          <Value text={entry.actor.name} plain /> {deed(entry)}
        </span>
        {said === '' ? null : (
          <span className={styles.bubble}>
            <Value text={said} plain limit={800} />
          </span>
        )}
      </span>
    </li>
  );
}
