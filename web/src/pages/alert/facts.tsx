/** What never scrolls away: standing, owner, severity, entities, ATT&CK. */
import { Link } from '@tanstack/react-router';
import { EntityFacts } from '../../components/entity-facts.tsx';
import { Reason } from '../../components/reason.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { attackTags } from '../../lib/attack.ts';
import { standing } from '../../lib/changes.ts';
import { exact } from '../../lib/time.ts';
import { type AlertDetail, severityNames } from '../../lib/types.ts';
import styles from './alert.module.css';

export function Facts({ alert }: { readonly alert: AlertDetail }) {
  const { techniques, tactics } = attackTags(alert.tags);
  return (
    <>
      <section className="section">
        <dl className="facts">
          <dt>Status</dt>
          <dd>
            <b>{standing(alert)}</b>
          </dd>
          <dt>Severity</dt>
          <dd className={styles.severity}>
            <SeverityMark severity={alert.severity} named /> {severityNames[alert.severity]}
          </dd>
          <dt>Owner</dt>
          <dd>
            {alert.ownerName === null ? (
              <span className="dim">Unowned</span>
            ) : (
              <Value text={alert.ownerName} plain />
            )}
          </dd>
          {alert.closedAt === null ? null : (
            <>
              <dt>Closed</dt>
              <dd>{exact(alert.closedAt)}</dd>
            </>
          )}
        </dl>
      </section>
      <section className="section">
        <h2>Reason</h2>
        <Reason alert={alert} />
      </section>
      <section className="section">
        <h2>Entities and times</h2>
        <EntityFacts alert={alert} />
      </section>
      {techniques.length + tactics.length === 0 ? null : (
        <section className="section">
          <h2>ATT&amp;CK</h2>
          <p className={styles.tags}>
            {techniques.map((id) => (
              <span key={id} className="mono">
                {id}
              </span>
            ))}
            {tactics.map((name) => (
              <span key={name}>{name}</span>
            ))}
          </p>
        </section>
      )}
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
    </>
  );
}
