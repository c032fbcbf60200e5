/** The first event's matched fields with the rule behind them: condition, title, author, licence. */
import { Link } from '@tanstack/react-router';
import type { AlertDetail } from '../lib/types.ts';
import styles from './matched.module.css';
import { MatchedFields } from './matched-fields.tsx';
import { Value } from './value.tsx';

export function Why({ alert, limit }: { readonly alert: AlertDetail; readonly limit: number }) {
  const first = alert.evidence[0];
  if (alert.kind !== 'rule') return <Told alert={alert} limit={limit} />;
  return (
    <>
      {first === undefined ? (
        <p className="dim">No event is kept with this alert.</p>
      ) : (
        <MatchedFields matched={first.matched} limit={limit} alertKey={alert.key} />
      )}
      <RuleCredit rule={alert.rule} />
    </>
  );
}

/** What a person, another product or the service itself says of it. */
function Told({ alert, limit }: { readonly alert: AlertDetail; readonly limit: number }) {
  const { vendor, description } = alert;
  const first = alert.evidence[0];
  return (
    <>
      <p className={styles.told}>
        {description === '' ? (
          <span className="dim">Nothing more was said.</span>
        ) : (
          <Value text={description} plain limit={limit * 4} />
        )}
      </p>
      {first === undefined || first.matched.length === 0 ? null : (
        <MatchedFields matched={first.matched} limit={limit} />
      )}
      {vendor === null ? null : <VendorCredit vendor={vendor} />}
    </>
  );
}

function VendorCredit({ vendor }: { readonly vendor: NonNullable<AlertDetail['vendor']> }) {
  const isWeb = vendor.link !== null && /^https:\/\//i.test(vendor.link);
  return (
    <p className={styles.credit}>
      <strong>
        Finding of <Value text={vendor.product} plain />
      </strong>
      <Value text={vendor.uid} copy /> · there {vendor.status}
      {vendor.link === null ? null : isWeb ? (
        <>
          {' · '}
          <a href={vendor.link} target="_blank" rel="noreferrer noopener">
            open it in <Value text={vendor.product} plain />
          </a>
        </>
      ) : (
        <>
          {' · '}
          <Value text={vendor.link} copy />
        </>
      )}
    </p>
  );
}

export function RuleCredit({ rule }: { readonly rule: AlertDetail['rule'] }) {
  return (
    <>
      <p className={styles.condition}>
        <b>condition:</b> <Value text={rule.condition} />
      </p>
      <p className={styles.credit}>
        <strong>
          <Link to="/rules" search={{ row: rule.id }}>
            <Value text={rule.title} plain />
          </Link>
        </strong>
        {rule.author === '' ? (
          'No author named'
        ) : (
          <>
            by <Value text={rule.author} plain />
          </>
        )}
        {' · '}
        {rule.license === null ? 'no licence named' : <Value text={rule.license} plain />}
      </p>
    </>
  );
}
