/** What never scrolls away: standing, priority, what it belongs to, ATT&CK. */
import { Link } from '@tanstack/react-router';
import { AttackFacts } from '../../components/attack-facts.tsx';
import { PrioritySum } from '../../components/priority.tsx';
import { StandingFacts } from '../../components/standing-facts.tsx';
import { Value } from '../../components/value.tsx';
import { between } from '../../lib/time.ts';
import type { AlertDetail } from '../../lib/types.ts';
import page from '../subject/subject.module.css';
import styles from './alert.module.css';

export function Facts({ alert }: { readonly alert: AlertDetail }) {
  return (
    <>
      <section className="section">
        <StandingFacts subject={alert} />
      </section>
      <section className="section">
        <h2>Priority</h2>
        <PrioritySum priority={alert.priority} reasons={alert.priorityReasons} />
      </section>
      <section className="section">
        <h2>Happened</h2>
        <p className={page.times}>{between(alert.firstEventAt, alert.lastEventAt)}</p>
        <p className={page.times}>
          {alert.detections === 1 ? '1 detection' : `${alert.detections.toLocaleString('en')} detections`}{' '}
          from <Value text={alert.source} plain />
        </p>
      </section>
      <Belongs alert={alert} />
      <AttackFacts tags={alert.tags} />
      {alert.ruleId === '' ? null : (
        <section className="section">
          <h2>This rule</h2>
          <p className={styles.links}>
            <Link to="/" search={{ rule: alert.ruleId, status: 'any', owner: 'any' }}>
              All its alerts
            </Link>
            <Link to="/rules" search={{ row: alert.ruleId }}>
              The rule today
            </Link>
          </p>
        </section>
      )}
    </>
  );
}

function Belongs({ alert }: { readonly alert: AlertDetail }) {
  const { incident, predecessor } = alert;
  if (incident === null && predecessor === null) return null;
  return (
    <section className="section">
      <h2>Belongs to</h2>
      <dl className="facts">
        {incident === null ? null : (
          <>
            <dt>Incident</dt>
            <dd>
              <Link to="/incidents/$key" params={{ key: incident.key }} className="mono">
                {incident.key}
              </Link>
            </dd>
          </>
        )}
        {predecessor === null ? null : (
          <>
            <dt>Came after</dt>
            <dd>
              <Link to="/alerts/$key" params={{ key: predecessor.key }} className="mono">
                {predecessor.key}
              </Link>
              , closed before
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
