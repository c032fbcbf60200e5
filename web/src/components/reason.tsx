/** One sentence that says why this is here. */
import { Link } from '@tanstack/react-router';
import { age } from '../lib/time.ts';
import type { AlertSummary } from '../lib/types.ts';
import { Value } from './value.tsx';
import { useNow, When } from './when.tsx';

export function Reason({ alert }: { readonly alert: AlertSummary }) {
  const { detections, host, user, firstEventAt, lastEventAt } = alert;
  const now = useNow();
  return (
    <p style={{ color: 'var(--fg2)', fontSize: 'var(--t-dense)' }}>
      Matched {detections === 1 ? '1 event' : `${detections.toLocaleString('en')} events`}
      {host === '' ? null : (
        <>
          {' '}
          on{' '}
          <Link to="/events" search={{ host }}>
            <Value text={host} />
          </Link>
        </>
      )}
      {user === '' ? null : (
        <>
          {' '}
          by{' '}
          <Link to="/events" search={{ user }}>
            <Value text={user} />
          </Link>
        </>
      )}
      {age(firstEventAt, now) === age(lastEventAt, now) ? (
        <>
          , <When at={firstEventAt} /> ago.
        </>
      ) : (
        <>
          , the first <When at={firstEventAt} /> ago, the last <When at={lastEventAt} /> ago.
        </>
      )}
    </p>
  );
}
