/** The alerts of an incident: what is selected can be taken out of it. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { QueueValue } from '../../components/queue-value.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { client, orpc, queryClient } from '../../lib/api.ts';
import { refresh, refreshCounts } from '../../lib/cache.ts';
import { explain, isConflict } from '../../lib/errors.ts';
import { toggle } from '../../lib/filter.ts';
import { standing } from '../../lib/subject.ts';
import { showToast } from '../../lib/toasts.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';
import styles from './incident.module.css';

interface Props {
  readonly incident: IncidentDetail;
  readonly canTriage: boolean;
}

export function Members({ incident, canTriage }: Props) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const chosen = incident.members.filter(({ id }) => picked.includes(id));
  const takeOut = async () => {
    setPicked([]);
    await split(incident, chosen);
  };
  return (
    <>
      {canTriage ? (
        <p className={styles.tools}>
          <button type="button" className="btn" disabled={chosen.length === 0} onClick={() => void takeOut()}>
            Take {chosen.length === 0 ? 'selected ones' : chosen.length} out of the incident
          </button>
          <span className="dim">They stay out until a person says otherwise.</span>
        </p>
      ) : null}
      <table className={styles.members}>
        <thead>
          <tr>
            {canTriage ? (
              <th scope="col">
                <span className="unseen">Selected</span>
              </th>
            ) : null}
            <th scope="col">Prio.</th>
            <th scope="col">Alert</th>
            <th scope="col">Host · user</th>
            <th scope="col">First event</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {incident.members.map((alert) => (
            <tr key={alert.id}>
              {canTriage ? (
                <td>
                  <input
                    type="checkbox"
                    className="tick"
                    aria-label={`Select ${alert.key}`}
                    checked={picked.includes(alert.id)}
                    onChange={() => setPicked(toggle(picked, alert.id))}
                  />
                </td>
              ) : null}
              <td className="num">{alert.priority}</td>
              <td>
                <span className={styles.what}>
                  <SeverityMark severity={alert.severity} size={13} />
                  <span>
                    <Link to="/alerts/$key" params={{ key: alert.key }}>
                      <Value text={alert.title} plain />
                    </Link>{' '}
                    <span className={`mono dim ${styles.key}`}>{alert.key}</span>
                  </span>
                </span>
              </td>
              <td className={styles.who}>
                {alert.host === '' ? null : (
                  <p className="cut" title={visibleText(alert.host)}>
                    <QueueValue facet="host" id={alert.host} name={alert.host} />
                  </p>
                )}
                {alert.user === '' ? null : (
                  <p className="cut dim" title={visibleText(alert.user)}>
                    <QueueValue facet="user" id={alert.user} name={alert.user} />
                  </p>
                )}
              </td>
              <td>
                <When at={alert.firstEventAt} as="moment" />
              </td>
              <td>{standing(alert)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Its way back is taking the same alerts in again. */
async function split(incident: IncidentDetail, alerts: IncidentDetail['members']): Promise<void> {
  const ids = alerts.map(({ id }) => id);
  const names = alerts.length === 1 ? (alerts[0]?.key ?? '') : `${alerts.length} alerts`;
  try {
    const after = await client.incidents.split({ id: incident.id, version: incident.version, alerts: ids });
    await Promise.all([refresh([incident.id, ...ids]), refreshCounts()]);
    showToast(`Took ${names} out of ${incident.key}`, {
      undo: () => void takeIn(after, ids, names),
    });
  } catch (error) {
    const fresher = isConflict(error) ? ' It was changed meanwhile and is shown as it is now.' : '';
    void queryClient.invalidateQueries({ queryKey: orpc.incidents.get.key() });
    showToast(`Could not take ${names} out; nothing was changed.${fresher} ${explain(error)}`, {
      failed: true,
    });
  }
}

async function takeIn(
  incident: { readonly id: string; readonly key: string; readonly version: number },
  alerts: string[],
  names: string,
): Promise<void> {
  try {
    await client.incidents.merge({ id: incident.id, version: incident.version, alerts });
    await Promise.all([refresh([incident.id, ...alerts]), refreshCounts()]);
    showToast(`Took ${names} into ${incident.key} again`);
  } catch (error) {
    showToast(`Could not take ${names} in again; they are alerts of their own. ${explain(error)}`, {
      failed: true,
    });
  }
}
