/** Counts by day or hour as bars of equal width: as many as fit, empty ones too. */

export interface Bucket<S extends string> {
  /** ISO-8601, start of a day or hour. */
  readonly at: string;
  readonly counts: Readonly<Partial<Record<S, number>>>;
}

export interface Bar<S extends string> {
  /** Epoch milliseconds, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Partial<Record<S, number>>>;
  readonly total: number;
}

/** `stepMs` is the width of a bucket; a bar holds a whole number of them. */
export function toBars<S extends string>(
  buckets: readonly Bucket<S>[],
  span: { readonly from: number; readonly to: number },
  stepMs: number,
  most: number,
): readonly Bar<S>[] {
  const from = Math.floor(span.from / stepMs) * stepMs;
  const steps = Math.max(1, Math.ceil((span.to - from) / stepMs));
  const width = Math.ceil(steps / most) * stepMs;
  const bars = Array.from({ length: Math.ceil((steps * stepMs) / width) }, (_, i) => ({
    from: from + i * width,
    to: from + (i + 1) * width,
    counts: {} as Partial<Record<S, number>>,
    total: 0,
  }));
  for (const bucket of buckets) {
    const bar = bars[Math.floor((Date.parse(bucket.at) - from) / width)];
    if (bar === undefined) continue;
    for (const [name, count] of Object.entries(bucket.counts) as [S, number][]) {
      bar.counts[name] = (bar.counts[name] ?? 0) + count;
      bar.total += count;
    }
  }
  return bars;
}

/** Top of the axis: the next of 2, 4, 10, 20, 40, 100 …, of which half is a whole number too. */
export function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 2, 4, 10].map((n) => n * power).find((n) => n >= most && n % 2 === 0) ?? most;
}

const day = 86_400_000;

/** What stands below a bar: the clock within a day or two, else the date, with its year where there are several. */
export function axisLabel(at: number, span: { readonly from: number; readonly to: number }): string {
  const text = new Date(at).toISOString();
  const days = (span.to - span.from) / day;
  if (days <= 1.5) return text.slice(11, 16);
  if (days <= 5) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return days > 200 ? text.slice(0, 10) : text.slice(5, 10);
}
