/** The known name that a slip was probably meant to be. */
import { closest, distance } from 'fastest-levenshtein';

/** `did you mean contains?`, or undefined where nothing known is near. */
export function didYouMean(written: string, known: readonly string[]): string | undefined {
  const wanted = written.toLowerCase();
  const lower = known.map((name) => name.toLowerCase());
  if (wanted === '' || lower.length === 0) return undefined;
  const nearest = closest(wanted, lower);
  const near = distance(wanted, nearest) <= Math.max(1, Math.floor(wanted.length / 3));
  return near ? `did you mean ${known[lower.indexOf(nearest)] ?? nearest}?` : undefined;
}
