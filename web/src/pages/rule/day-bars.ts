/** Days with matches as bars of one picture. */

interface Day {
  readonly day: string;
  readonly detections: number;
}

const dayMs = 86_400_000;
const mostBars = 90;

/**
 * One bar a day, the empty ones too; where the days lie further apart than fits, only those with
 * matches.
 */
export function daysOf(days: readonly Day[]): {
  readonly bars: readonly Day[];
  readonly first: string;
  readonly last: string;
  /** Days without matches are left out between the bars. */
  readonly apart: boolean;
} {
  const filled = days.filter((one) => one.detections > 0);
  const first = filled[0]?.day ?? '';
  const last = filled.at(-1)?.day ?? '';
  const length = Math.round((Date.parse(last) - Date.parse(first)) / dayMs) + 1;
  if (!(length >= 1 && length <= mostBars)) return { bars: filled, first, last, apart: true };
  const known = new Map(filled.map((one) => [one.day, one.detections]));
  const bars = Array.from({ length }, (_, i) => {
    const day = new Date(Date.parse(first) + i * dayMs).toISOString().slice(0, 10);
    return { day, detections: known.get(day) ?? 0 };
  });
  return { bars, first, last, apart: false };
}
