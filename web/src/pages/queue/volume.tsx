/** How many rows came when, by severity; where the chosen time shows none, the time that has some is offered. */
import { useQuery } from '@tanstack/react-query';
import { memo, useMemo } from 'react';
import { Histogram, type Layer } from '../../components/histogram.tsx';
import { useNow } from '../../components/when.tsx';
import { orpc } from '../../lib/api.ts';
import { toBars } from '../../lib/bars.ts';
import type { Filter } from '../../lib/filter.ts';
import { toInput } from '../../lib/queue-input.ts';
import { rangeName, rangeOf, spanOf } from '../../lib/ranges.ts';
import type { Severity } from '../../lib/types.ts';
import styles from './volume.module.css';

interface Props {
  readonly filter: Filter;
  readonly on: boolean;
  readonly onFilter: (filter: Filter) => void;
}

const hour = 3_600_000;
const day = 24 * hour;
/** Up to this the bars are hours, and the whole shown span is at least one day. */
const hoursUpTo = 4 * day;
const mostBars = 60;

const layers: readonly Layer<Severity>[] = [
  { name: 'informational', colour: 'var(--rest)' },
  { name: 'low', colour: 'var(--rest)' },
  { name: 'medium', colour: 'var(--rest)' },
  { name: 'high', colour: 'var(--high)' },
  { name: 'critical', colour: 'var(--crit)' },
];

export const Volume = memo(function Volume({ filter, on, onFilter }: Props) {
  const { bars, range, isEmpty } = useBars(filter, on);
  const narrow = (from: number, to: number) => onFilter({ ...filter, time: rangeOf({ from, to }) });
  return (
    <div className={styles.volume}>
      <Histogram bars={bars} layers={layers} noun="rows" onNarrow={narrow} />
      {isEmpty && range !== null ? (
        <p className={styles.offer} role="status">
          Nothing in {rangeName(filter.time).toLowerCase()}.{' '}
          <button type="button" className="link" onClick={() => narrow(...outer(range))}>
            What there is lies in {rangeName(rangeOf({ from: outer(range)[0], to: outer(range)[1] }))}: show
            it
          </button>
        </p>
      ) : null}
    </div>
  );
});

interface Edges {
  readonly from: string;
  readonly to: string;
}

/** Full hours around it. */
function outer(range: Edges): [number, number] {
  return [
    Math.floor(Date.parse(range.from) / hour) * hour,
    Math.floor(Date.parse(range.to) / hour) * hour + hour,
  ];
}

function useBars(filter: Filter, on: boolean) {
  const now = useNow();
  const input = useMemo(() => toInput(filter, Date.now()), [filter]);
  const ask = { enabled: on, placeholderData: <T,>(previous: T) => previous };
  const byDay = useQuery(orpc.queue.histogram.queryOptions({ input: { ...input, bucket: 'day' }, ...ask }));
  const range = byDay.data?.range ?? null;
  const span = useMemo(() => shownSpan(filter, range, now), [filter, range, now]);
  const fine = span.to - span.from <= hoursUpTo;
  const byHour = useQuery(
    orpc.queue.histogram.queryOptions({
      input: { ...input, bucket: 'hour' },
      ...ask,
      enabled: on && byDay.isSuccess && fine,
    }),
  );
  const found = fine ? byHour.data : byDay.data;
  const bars = useMemo(() => {
    const buckets = (found?.buckets ?? []).map(({ at, severity }) => ({ at, counts: severity }));
    return toBars<Severity>(buckets, span, fine ? hour : day, mostBars);
  }, [found, span, fine]);
  const isEmpty = filter.time !== null && byDay.data !== undefined && byDay.data.buckets.length === 0;
  return { bars, range, isEmpty };
}

/** The chosen time; else all that there is, by the time that is gone by. */
function shownSpan(filter: Filter, range: Edges | null, now: number) {
  const chosen = filter.time === null ? { from: null, to: null } : spanOf(filter.time, now);
  const [first, last] = range === null ? [now - day, now] : outer(range);
  const from = chosen.from ?? first;
  const to = Math.max(chosen.to ?? (filter.time === null ? last : now), from + hour);
  return to - from < day && filter.time === null ? { from: to - day, to } : { from, to };
}
