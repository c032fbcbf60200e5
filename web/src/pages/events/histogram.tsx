/** Events over time: what a bar counts is a click away, a range is a drag away. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { visibleText } from '../../lib/visible.ts';
import {
  type Bars,
  barsOf,
  type Counts,
  type Period,
  periodName,
  periodsOf,
  tickName,
  widthName,
} from './buckets.ts';
import styles from './histogram.module.css';
import { typed } from './time-range.tsx';

interface Props {
  readonly counts: Counts | undefined;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly basis: 'event' | 'received';
  readonly onZoom: (from: number, to: number) => void;
}

const ticks = 6;
const drawn = 90;

export function Histogram({ counts, loading, failed, basis, onZoom }: Props) {
  const bars = counts === undefined ? null : barsOf(counts, drawn);
  const periods = counts === undefined ? [] : periodsOf(barsOf(counts));
  const sources = bars === null ? [] : [...bars.sources, ...(bars.others ? ['others'] : [])];
  const what = basis === 'received' ? 'received' : 'events';
  return (
    <section className={styles.histogram} aria-label="Events over time" aria-busy={loading}>
      <div className={styles.legend}>
        {sources.map((source, i) => (
          <span key={source}>
            <i
              data-part={source === 'others' && i === sources.length - 1 && bars?.others ? 4 : i}
              aria-hidden
            />
            {visibleText(source)}
          </span>
        ))}
        <span className={styles.unit}>{bars === null ? '' : `${what} per ${widthName(bars.bucketMs)}`}</span>
      </div>
      {bars === null ? (
        <div className={styles.empty}>
          {failed ? 'The counts over time could not be read.' : loading ? '' : 'Nothing to count.'}
        </div>
      ) : (
        <Plot bars={bars} old={loading} onZoom={onZoom} />
      )}
      <Periods periods={periods} onZoom={onZoom} />
    </section>
  );
}

interface PlotProps {
  readonly bars: Bars;
  readonly old: boolean;
  readonly onZoom: Props['onZoom'];
}

function Plot({ bars, old, onZoom }: PlotProps) {
  const plot = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const [current, setCurrent] = useState(0);
  const { from, to, bucketMs, highest } = bars;
  const timeAt = (event: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect();
    const share = box === undefined ? 0 : (event.clientX - box.left) / box.width;
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  };
  const edges = (a: number, b: number) => {
    const start = Math.floor(Math.min(a, b) / bucketMs) * bucketMs;
    return { start, end: Math.max(start + bucketMs, Math.ceil(Math.max(a, b) / bucketMs) * bucketMs) };
  };
  const filled = bars.bars.filter((bar) => bar.total > 0);
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(current + by, 0), filled.length - 1);
    setCurrent(next);
    plot.current?.querySelectorAll('button')[next]?.focus();
  };
  const chosen = drag === null ? null : edges(drag.from, drag.to);
  return (
    <div className={styles.frame} data-old={old || undefined}>
      <span className={`num ${styles.high}`}>{highest.toLocaleString('en')}</span>
      <div
        ref={plot}
        className={styles.plot}
        role="group"
        aria-label={`${filled.length} bars; arrows move, Enter zooms in`}
        onKeyDown={step}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = timeAt(event);
          setDrag({ from: at, to: at });
        }}
        onPointerMove={(event) => drag !== null && setDrag({ ...drag, to: timeAt(event) })}
        onPointerCancel={() => setDrag(null)}
        onPointerUp={() => {
          if (chosen === null) return;
          setDrag(null);
          onZoom(chosen.start, chosen.end);
        }}
      >
        {bars.bars.map((bar) =>
          bar.total === 0 ? null : (
            <button
              key={bar.at}
              type="button"
              className={styles.bar}
              tabIndex={bar === filled[Math.min(current, filled.length - 1)] ? 0 : -1}
              title={`${typed(bar.at)} UTC: ${bar.total.toLocaleString('en')}`}
              aria-label={`${typed(bar.at)} UTC, ${bar.total.toLocaleString('en')} events`}
              style={{
                left: `${((bar.at - from) / (to - from)) * 100}%`,
                width: `${(bucketMs / (to - from)) * 100}%`,
              }}
              onClick={(event) => {
                // A pointer's click is told by the plot.
                if (event.detail === 0) onZoom(bar.at, bar.at + bucketMs);
              }}
            >
              {bar.parts.map((part, i) =>
                part === 0 ? null : (
                  <i
                    key={`${i}`}
                    data-part={i}
                    style={{ height: `${Math.max(2, (part / highest) * 100)}%` }}
                  />
                ),
              )}
            </button>
          ),
        )}
        {chosen === null ? null : (
          <div
            className={styles.drag}
            style={{
              left: `${((chosen.start - from) / (to - from)) * 100}%`,
              width: `${((chosen.end - chosen.start) / (to - from)) * 100}%`,
            }}
          />
        )}
      </div>
      <div className={styles.axis} aria-hidden>
        {Array.from({ length: ticks }, (_, i) => {
          const at = from + ((to - from) / ticks) * i;
          return (
            <span key={`${i}`} className="num" style={{ left: `${(i / ticks) * 100}%` }}>
              {tickName(at, to - from)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

interface PeriodsProps extends Pick<Props, 'onZoom'> {
  readonly periods: readonly Period[];
}

function Periods({ periods, onZoom }: PeriodsProps) {
  if (periods.length === 0) return null;
  return (
    <p className={styles.periods}>
      Events lie in
      {periods.map((period) => (
        <button
          key={period.from}
          type="button"
          className="link"
          onClick={() => onZoom(period.from, period.to)}
        >
          {periodName(period)} <span className="num dim">{period.count.toLocaleString('en')}</span>
        </button>
      ))}
    </p>
  );
}
