/** The first event's matched fields with the rule behind them: condition, title, author, licence. */
import type { AlertDetail } from '../lib/types.ts';
import styles from './matched.module.css';
import { MatchedFields } from './matched-fields.tsx';
import { Value } from './value.tsx';

export function Why({ alert, limit }: { readonly alert: AlertDetail; readonly limit: number }) {
  const first = alert.evidence[0];
  return (
    <>
      {first === undefined ? (
        <p className="dim">No event is kept with this alert.</p>
      ) : (
        <MatchedFields matched={first.matched} limit={limit} />
      )}
      <RuleCredit rule={alert.rule} />
    </>
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
          <Value text={rule.title} plain />
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
