/** What the rule matched: detections by day, and the alerts they became. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bones, Failure } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { orpc } from '../../lib/api.ts';
import { type AlertSummary, statusNames, verdictNames } from '../../lib/types.ts';
import { Days } from './days.tsx';
import styles from './rule.module.css';

const shownAlerts = 12;
const shownDays = 60;

export function Matches({ id }: { readonly id: string }) {
  const activity = useQuery(orpc.rules.activity.queryOptions({ input: { id, days: shownDays } }));
  const alerts = useQuery(orpc.alerts.list.queryOptions({ input: { ruleId: id, limit: shownAlerts } }));
  return (
    <>
      <section className="section">
        <h2>Matches by day of the event</h2>
        {activity.isPending ? <Bones rows={2} height={36} /> : null}
        {activity.isError ? (
          <Failure
            what="The matches could not be counted."
            error={activity.error}
            stillTrue="The rule and its alerts are as they were."
            onRetry={() => void activity.refetch()}
          />
        ) : null}
        {activity.data === undefined ? null : <Days days={activity.data.days} />}
      </section>
      <section className="section">
        <h2>
          Alerts{' '}
          {alerts.data === undefined ? null : (
            <Link to="/" search={{ rule: id, status: 'any', owner: 'any' }} className="num">
              {alerts.data.total.toLocaleString('en')}
            </Link>
          )}
        </h2>
        {alerts.isPending ? <Bones rows={4} height={40} /> : null}
        {alerts.isError ? (
          <Failure
            what="The alerts could not be read."
            error={alerts.error}
            stillTrue="They are in the queue."
            onRetry={() => void alerts.refetch()}
          />
        ) : null}
        {alerts.data?.items.length === 0 ? <p className="dim">It has raised no alert here.</p> : null}
        <ul className={styles.alerts}>
          {alerts.data?.items.map((alert) => (
            <AlertLine key={alert.id} alert={alert} />
          ))}
        </ul>
      </section>
    </>
  );
}

function AlertLine({ alert }: { readonly alert: AlertSummary }) {
  return (
    <li>
      <Link to="/alerts/$key" params={{ key: alert.key }} className="mono">
        {alert.key}
      </Link>
      <span className="cut">
        <Value text={alert.host || alert.user || alert.source} />
      </span>
      <span className="dim">
        {alert.verdict === null ? statusNames[alert.status] : verdictNames[alert.verdict]}
      </span>
      <span className="num dim">×{alert.detections.toLocaleString('en')}</span>
      <span className="dim">
        <When at={alert.lastEventAt} as="moment" />
      </span>
    </li>
  );
}
