/** Other alerts around this one, each with why it is here. */
import { Link } from '@tanstack/react-router';
import type { AlertContext } from '../lib/types.ts';
import { verdictNames } from '../lib/types.ts';
import styles from './context.module.css';
import { SeverityMark } from './severity.tsx';
import { Value } from './value.tsx';
import { When } from './when.tsx';

export function Related({ context, most }: { readonly context: AlertContext; readonly most?: number }) {
  const { related } = context;
  if (related.length === 0) return <p className="dim">None within a day on these entities.</p>;
  const shown = related.slice(0, most ?? related.length);
  return (
    <>
      <ul className={styles.rows}>
        {shown.map(({ alert, reason }) => (
          <li key={alert.id}>
            <SeverityMark severity={alert.severity} size={13} />
            <Link to="/alerts/$key" params={{ key: alert.key }} className="cut">
              <Value text={alert.title} plain />
            </Link>
            <span className="dim">
              <When at={alert.firstEventAt} as="moment" />
            </span>
            <span className="cut">
              <span className="mono">{alert.key}</span> · <Value text={reason} plain />
            </span>
          </li>
        ))}
      </ul>
      {shown.length < related.length ? (
        <p className={styles.limits}>{related.length - shown.length} more on the full page.</p>
      ) : null}
    </>
  );
}

/** What people said of the rule before: on this entity one by one, elsewhere in numbers. */
export function EarlierVerdicts({ context }: { readonly context: AlertContext }) {
  const { earlierVerdicts, ruleVerdicts } = context;
  const all = Object.entries(ruleVerdicts).filter(([, count]) => count > 0) as [
    keyof typeof verdictNames,
    number,
  ][];
  const elsewhere = all
    .map(([verdict, count]) => `${count} ${verdictNames[verdict].toLowerCase()}`)
    .join(', ');
  return (
    <>
      {earlierVerdicts.length === 0 ? (
        <p className="dim">None on this entity.</p>
      ) : (
        <ul className={`${styles.rows} ${styles.plain}`}>
          {earlierVerdicts.map((one) => (
            <li key={one.id}>
              <span>
                {verdictNames[one.verdict]}{' '}
                <Link to="/alerts/$key" params={{ key: one.key }} className="mono">
                  {one.key}
                </Link>
              </span>
              <span className="dim">
                <When at={one.closedAt} as="moment" />
              </span>
              <span>
                <Value text={[one.closedBy, one.reason].filter((words) => words !== '').join(': ')} plain />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className={styles.limits}>
        {elsewhere === '' ? 'No alert of this rule was ever closed.' : `Everywhere: ${elsewhere}.`}
      </p>
    </>
  );
}
