/** What was done to the rule, from the audit log. */
import { useQuery } from '@tanstack/react-query';
import { Bones } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import styles from './rule.module.css';

interface Props {
  readonly id: string;
  /** Of the rule: with another one there is more to tell. */
  readonly version: number;
}

export function Changes({ id, version }: Props) {
  const input = { resource: 'rule', resourceId: id, limit: 50 };
  const audit = useQuery({
    ...orpc.audit.list.queryOptions({ input, placeholderData: (previous) => previous }),
    queryKey: [...orpc.audit.list.queryKey({ input }), version],
  });
  return (
    <section className="section">
      <h2>History</h2>
      {audit.isPending ? <Bones rows={2} height={30} /> : null}
      {audit.isError ? <p className="dim">The history could not be read. {explain(audit.error)}</p> : null}
      {audit.data?.items.length === 0 ? (
        <p className="dim">Nobody has changed it since it was loaded.</p>
      ) : null}
      <ol className={styles.changes}>
        {audit.data?.items.map((entry) => (
          <li key={entry.id}>
            <span>
              <b>
                <Value text={entry.actor.name} plain />
              </b>{' '}
              {deed(entry.action, entry.details)}
              {entry.outcome === 'ok' ? '' : `: ${entry.outcome}`}
            </span>
            <span className="dim">
              <When at={entry.at} /> ago
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function deed(action: string, details: Readonly<Record<string, unknown>>): string {
  if (action === 'rule.state_changed') {
    return details['to'] === 'off' ? 'turned it off' : `set it to ${String(details['to'])}`;
  }
  return action.replace(/^rules?\./, '').replaceAll('_', ' ');
}
