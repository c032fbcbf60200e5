/** Records of each hour over the window, as one small picture. */
import { moment } from '../../lib/time.ts';
import type { SourceHealth } from '../../lib/types.ts';
import styles from './sources.module.css';

interface Props {
  readonly hours: SourceHealth['hours'];
  readonly windowMs: number;
  readonly tall?: boolean;
}

const hourMs = 3_600_000;
/** Hours in one bar of the small picture. */
const joined = 6;

export function Spark({ hours, windowMs, tall = false }: Props) {
  const width = tall ? hourMs * 4 : hourMs * joined;
  const end = Math.ceil(Date.now() / width) * width;
  const count = Math.max(1, Math.round(windowMs / width));
  const bars = Array.from({ length: count }, () => 0);
  for (const { at, records } of hours) {
    const place = count - 1 - Math.floor((end - 1 - Date.parse(at)) / width);
    if (place >= 0 && place < count) bars[place] = (bars[place] ?? 0) + records;
  }
  const highest = Math.max(1, ...bars);
  const first = new Date(end - count * width).toISOString();
  const label = `Records over ${Math.round(windowMs / 86_400_000)} days, at most ${highest.toLocaleString('en')} in ${width / hourMs} hours`;
  return (
    <figure className={styles.spark} data-tall={tall || undefined}>
      <svg viewBox={`0 0 ${count} 20`} preserveAspectRatio="none" role="img" aria-label={label}>
        {bars.map((value, i) =>
          value === 0 ? null : (
            <rect
              key={`${i}`}
              x={i + 0.12}
              width={0.76}
              y={20 - Math.max(1.4, (value / highest) * 20)}
              height={Math.max(1.4, (value / highest) * 20)}
            />
          ),
        )}
      </svg>
      {tall ? (
        <figcaption className="num">
          <span>{moment(first, Date.now())}</span>
          <span>
            at most {highest.toLocaleString('en')} in {width / hourMs} h
          </span>
          <span>now</span>
        </figcaption>
      ) : null}
    </figure>
  );
}
