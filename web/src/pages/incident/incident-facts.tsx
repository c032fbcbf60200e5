/** What never scrolls away: standing, priority, contents, entities, ATT&CK. */
import { AttackFacts } from '../../components/attack-facts.tsx';
import { PrioritySum } from '../../components/priority.tsx';
import { QueueValue } from '../../components/queue-value.tsx';
import { StandingFacts } from '../../components/standing-facts.tsx';
import { Value } from '../../components/value.tsx';
import { between } from '../../lib/time.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import page from '../subject/subject.module.css';
import styles from './incident.module.css';

export function IncidentFacts({ incident }: { readonly incident: IncidentDetail }) {
  const { members } = incident;
  return (
    <>
      <section className="section">
        <StandingFacts subject={incident} />
      </section>
      <section className="section">
        <h2>Priority</h2>
        <PrioritySum priority={incident.priority} reasons={incident.priorityReasons} />
      </section>
      <section className="section">
        <h2>Happened</h2>
        <p className={page.times}>{between(incident.firstEventAt, incident.lastEventAt)}</p>
      </section>
      <section className="section">
        <h2>Contents</h2>
        <dl className="sum">
          <Count name="Alerts" count={incident.alerts} />
          <Count name="Open" count={members.filter(({ status }) => status !== 'closed').length} />
          <Count name="Rules" count={distinct(members.map(({ ruleId }) => ruleId))} />
          <Count name="Hosts" count={distinct(members.map(({ host }) => host))} />
          <Count name="Users" count={distinct(members.map(({ user }) => user))} />
        </dl>
      </section>
      {incident.entities.length === 0 ? null : (
        <section className="section">
          <h2>Entities they share</h2>
          <ul className={styles.entities}>
            {incident.entities.map(({ kind, id }) => (
              <li key={`${kind}${id}`}>
                <span className="dim">{kind}</span>{' '}
                {kind === 'ip' ? <Value text={id} copy /> : <QueueValue facet={kind} id={id} name={id} />}
              </li>
            ))}
          </ul>
        </section>
      )}
      <AttackFacts tags={members.flatMap(({ tags }) => tags)} />
    </>
  );
}

function distinct(values: readonly string[]): number {
  return new Set(values.filter((value) => value !== '')).size;
}

function Count({ name, count }: { readonly name: string; readonly count: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{count.toLocaleString('en')}</dd>
    </div>
  );
}
