/** One source in the list. */

import list from '../../components/list-page.module.css';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import type { SourceHealth } from '../../lib/types.ts';
import { isAhead, isLate, rateText, shareText, spanText, stateNames } from './health.ts';
import styles from './sources.module.css';
import { Spark } from './spark.tsx';

interface Props {
  readonly source: SourceHealth;
  readonly windowMs: number;
  readonly selected: boolean;
  readonly current: boolean;
  readonly onSelect: (id: string) => void;
}

export function SourceRow({ source, windowMs, selected, current, onSelect }: Props) {
  const { state, lagMedianMs } = source;
  return (
    <div
      role="row"
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      data-source={source.id}
      className={`${list.row} ${styles.columns}`}
      onClick={() => onSelect(source.id)}
    >
      <div role="gridcell">
        <span className={styles.state} data-state={state}>
          {stateNames[state]}
        </span>
      </div>
      <div role="gridcell">
        <p className="cut">
          <b>
            <Value text={source.id} />
          </b>
        </p>
        <p className={`cut ${list.second}`}>
          {source.description === null ? 'imported files' : <Value text={source.description} plain />}
        </p>
      </div>
      <div role="gridcell">
        {source.lastReceivedAt === null ? (
          <span className="dim">nothing yet</span>
        ) : (
          <>
            <When at={source.lastReceivedAt} /> ago
          </>
        )}
      </div>
      <div role="gridcell" data-column="Two weeks">
        <Spark hours={source.hours} windowMs={windowMs} />
      </div>
      <div role="gridcell" className="num">
        <p>{rateText(source.perMinuteNow)}</p>
        {source.perMinuteUsual === null ? null : (
          <p className={list.second}>usually {rateText(source.perMinuteUsual)}</p>
        )}
      </div>
      <div role="gridcell" className="num" data-column="Lag">
        {lagMedianMs === null ? (
          <span className="dim">unknown</span>
        ) : (
          <Lag source={source} lag={lagMedianMs} />
        )}
      </div>
      <div role="gridcell" className="num" data-column="Unparsed">
        {shareText(source.unparsed, source.records)}
      </div>
    </div>
  );
}

function Lag({ source, lag }: { readonly source: SourceHealth; readonly lag: number }) {
  if (isAhead(source)) {
    return <span className={styles.odd}>clock {spanText(source.clockAheadMs)} ahead</span>;
  }
  return <span className={isLate(source) ? styles.odd : undefined}>{spanText(Math.max(0, lag))}</span>;
}
