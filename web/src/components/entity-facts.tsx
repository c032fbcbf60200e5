/** Who and what it is about, and when. */
import { Link } from '@tanstack/react-router';
import { exact } from '../lib/time.ts';
import type { AlertSummary } from '../lib/types.ts';
import { Value } from './value.tsx';
import { When } from './when.tsx';

export function EntityFacts({ alert }: { readonly alert: AlertSummary }) {
  return (
    <dl className="facts">
      <dt>Host</dt>
      <dd>
        {alert.host === '' ? (
          <span className="dim">none named</span>
        ) : (
          <Link to="/events" search={{ host: alert.host }}>
            <Value text={alert.host} />
          </Link>
        )}
      </dd>
      <dt>User</dt>
      <dd>
        {alert.user === '' ? (
          <span className="dim">none named</span>
        ) : (
          <Link to="/events" search={{ user: alert.user }}>
            <Value text={alert.user} />
          </Link>
        )}
      </dd>
      <dt>Source</dt>
      <dd>
        <Value text={alert.source} plain />
      </dd>
      <dt>First event</dt>
      <dd>{exact(alert.firstEventAt)}</dd>
      <dt>Last event</dt>
      <dd>{exact(alert.lastEventAt)}</dd>
      <dt>Raised</dt>
      <dd>
        <When at={alert.createdAt} /> ago
      </dd>
    </dl>
  );
}
