/** Matches by day as bars of one picture. */
import { daysOf } from './day-bars.ts';
import styles from './rule.module.css';

export function Days({
  days,
}: {
  readonly days: readonly { readonly day: string; readonly detections: number }[];
}) {
  const total = days.reduce((sum, one) => sum + one.detections, 0);
  if (total === 0) return <p className="dim">It has matched nothing that is stored.</p>;
  const { bars, first, last, apart } = daysOf(days);
  const highest = Math.max(...bars.map((bar) => bar.detections));
  return (
    <figure className={styles.days}>
      <div
        role="img"
        data-apart={apart || undefined}
        aria-label={`${total.toLocaleString('en')} ${total === 1 ? 'match' : 'matches'} from ${first} to ${last}`}
      >
        {bars.map((bar) => (
          <span
            key={bar.day}
            title={`${bar.day}: ${bar.detections.toLocaleString('en')}`}
            style={{ height: bar.detections === 0 ? 0 : `${Math.max(4, (bar.detections / highest) * 100)}%` }}
          />
        ))}
      </div>
      <figcaption className="num">
        <span>{first}</span>
        <span>
          {total.toLocaleString('en')} {total === 1 ? 'match' : 'matches'}
        </span>
        <span>{last}</span>
      </figcaption>
    </figure>
  );
}
