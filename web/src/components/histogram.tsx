/** Counts over time as stacked bars; dragging over them narrows the time. */
import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useState } from 'react';
import { axisLabel, type Bar, niceTop } from '../lib/bars.ts';
import { exact } from '../lib/time.ts';
import styles from './histogram.module.css';

export interface Layer<S extends string> {
  readonly name: S;
  /** CSS colour. */
  readonly colour: string;
}

interface Props<S extends string> {
  readonly bars: readonly Bar<S>[];
  /** From the foot up. */
  readonly layers: readonly Layer<S>[];
  /** What is counted: `rows`. */
  readonly noun: string;
  readonly onNarrow: (from: number, to: number) => void;
}

const plotHeight = 42;
const left = 34;
const labelEveryPx = 110;

export function Histogram<S extends string>({ bars, layers, noun, onNarrow }: Props<S>) {
  const { ref, width } = useElementSize();
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const first = bars[0];
  const last = bars.at(-1);
  const top = niceTop(Math.max(...bars.map((bar) => bar.total), 1));
  const plotWidth = Math.max(width - left, 1);
  const step = plotWidth / Math.max(bars.length, 1);
  const indexAt = (event: PointerEvent<HTMLElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
    return Math.min(Math.max(Math.floor(x / step), 0), bars.length - 1);
  };
  const narrow = () => {
    setDrag(null);
    if (drag === null) return;
    const [from, to] = [bars[Math.min(...drag)], bars[Math.max(...drag)]];
    if (from !== undefined && to !== undefined) onNarrow(from.from, to.to);
  };
  return (
    <div
      ref={ref}
      className={styles.histogram}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag([indexAt(event), indexAt(event)]);
      }}
      onPointerMove={(event) => drag !== null && setDrag([drag[0], indexAt(event)])}
      onPointerUp={narrow}
      onPointerCancel={() => setDrag(null)}
    >
      <svg width="100%" height="62" role="img" aria-label={summary(bars, noun)}>
        <Axis top={top} width={left + plotWidth} />
        {bars.map((bar, i) => (
          <Stack
            key={bar.from}
            bar={bar}
            layers={layers}
            noun={noun}
            x={left + i * step}
            width={step}
            top={top}
          />
        ))}
        {drag === null ? null : (
          <rect
            className={styles.drag}
            x={left + Math.min(...drag) * step}
            width={(Math.abs(drag[1] - drag[0]) + 1) * step}
            y={2}
            height={plotHeight}
          />
        )}
        {first === undefined || last === undefined
          ? null
          : bars.map((bar, i) =>
              i % Math.max(1, Math.ceil(labelEveryPx / step)) === 0 && left + i * step < width - 50 ? (
                <text key={bar.from} className={styles.axis} x={left + i * step} y={plotHeight + 15}>
                  {axisLabel(bar.from, { from: first.from, to: last.to })}
                </text>
              ) : null,
            )}
      </svg>
    </div>
  );
}

function Axis({ top, width }: { readonly top: number; readonly width: number }) {
  return (
    <>
      {[1, 0.5, 0].map((part) => {
        const y = 2 + plotHeight * (1 - part);
        if (part === 0.5 && top < 2) return null;
        return (
          <g key={part}>
            <line className={styles.grid} x1={left} x2={width} y1={y} y2={y} />
            <text className={`num ${styles.axis}`} x={left - 6} y={y + 3.5} textAnchor="end">
              {(top * part).toLocaleString('en')}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Stack<S extends string>({
  bar,
  layers,
  noun,
  x,
  width,
  top,
}: {
  readonly bar: Bar<S>;
  readonly layers: readonly Layer<S>[];
  readonly noun: string;
  readonly x: number;
  readonly width: number;
  readonly top: number;
}) {
  let foot = 2 + plotHeight;
  const inner = Math.max(width - Math.min(2, width * 0.2), 0.5);
  return (
    <g>
      {layers.map(({ name, colour }) => {
        const count = bar.counts[name] ?? 0;
        if (count === 0) return null;
        const height = Math.max((count / top) * plotHeight, 1);
        foot -= height;
        return <rect key={name} x={x} width={inner} y={foot} height={height} fill={colour} />;
      })}
      <rect className={styles.hit} x={x} width={width} y={2} height={plotHeight}>
        <title>{`${exact(new Date(bar.from).toISOString()).slice(0, 16)}: ${bar.total.toLocaleString('en')} ${noun}`}</title>
      </rect>
    </g>
  );
}

function summary<S extends string>(bars: readonly Bar<S>[], noun: string): string {
  const total = bars.reduce((sum, bar) => sum + bar.total, 0);
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return `No ${noun}`;
  const [from, to] = [first.from, last.to].map((at) => exact(new Date(at).toISOString()).slice(0, 16));
  return `${total.toLocaleString('en')} ${noun} from ${from} to ${to} UTC`;
}
