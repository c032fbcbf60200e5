/** Who and what it is about: role, owner, value, how usual this is here, what else happened. */
import { Link } from '@tanstack/react-router';
import type { AlertSummary, EntityContext } from '../lib/types.ts';
import styles from './context.module.css';
import { QueueValue } from './queue-value.tsx';
import { Value } from './value.tsx';

const valueNames: Readonly<Record<number, string>> = {
  1: 'low value',
  2: 'moderate value',
  3: 'medium value',
  4: 'high value',
  5: 'critical',
};

interface Props {
  readonly entities: readonly EntityContext[];
  readonly alert: Pick<AlertSummary, 'ruleId'>;
}

export function Entities({ entities, alert }: Props) {
  if (entities.length === 0) return <p className="dim">The events name no host, user or address.</p>;
  return (
    <ul className={styles.entities}>
      {entities.map((context) => (
        <li key={`${context.entity.kind}${context.entity.id}`} className={styles.entity}>
          <One context={context} alert={alert} />
        </li>
      ))}
    </ul>
  );
}

function One({ context, alert }: { readonly context: EntityContext; readonly alert: Props['alert'] }) {
  const { entity, neverGroup, alerts24h } = context;
  const about = [entity.role, entity.owner === '' ? '' : `owner ${entity.owner}`].filter(
    (words) => words !== '',
  );
  return (
    <>
      <p className={styles.name}>
        <span>{entity.kind === 'ip' ? 'IP' : entity.kind[0]?.toUpperCase() + entity.kind.slice(1)}</span>
        {entity.kind === 'ip' ? (
          <Value text={entity.name} copy />
        ) : (
          <QueueValue facet={entity.kind} id={entity.id} name={entity.name} />
        )}
        {entity.value === null ? null : (
          <span className={styles.value}>{valueNames[entity.value] ?? `value ${entity.value}`}</span>
        )}
        {entity.tags.map((tag) => (
          <span key={tag} className={styles.value}>
            <Value text={tag} plain />
          </span>
        ))}
      </p>
      {about.length === 0 ? null : (
        <p>
          <Value text={about.join(', ')} plain />
        </p>
      )}
      {alert.ruleId === '' ? null : <Prevalence context={context} />}
      <p>
        <Alerts24h entity={entity} count={alerts24h} />
      </p>
      {neverGroup === null ? null : (
        <p>
          Never groups alerts: <Value text={neverGroup} plain />
        </p>
      )}
    </>
  );
}

function Prevalence({ context }: { readonly context: EntityContext }) {
  const { onThis, entities, entitiesKnown, days } = context.prevalence;
  const noun = context.entity.kind === 'ip' ? 'addresses' : `${context.entity.kind}s`;
  return (
    <p className="num">
      This rule: {onThis.toLocaleString('en')} {onThis === 1 ? 'detection' : 'detections'} here in {days} d,
      on {entities.toLocaleString('en')} of {entitiesKnown.toLocaleString('en')} {noun}
    </p>
  );
}

function Alerts24h({ entity, count }: { readonly entity: EntityContext['entity']; readonly count: number }) {
  const text = `${count.toLocaleString('en')} other ${count === 1 ? 'alert' : 'alerts'} within 24 h`;
  if (count === 0 || entity.kind === 'ip') return <>{count === 0 ? 'No other alert within 24 h' : text}</>;
  return (
    <Link to="/" search={{ status: 'any', owner: 'any', [entity.kind]: entity.id }}>
      {text}
    </Link>
  );
}
