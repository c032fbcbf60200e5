/** What `import` and `sigma match` say while they run, and an import at its end. */
import type { ImportReport } from '../../model/intake.ts';
import { count, inert, type Output } from '../output.ts';

export type ImportResult = Omit<ImportReport, 'file'>;

export interface Progress {
  /** A file begins. */
  file(label: string): void;
  /** Bytes of the file that have gone out. */
  sent(bytes: number): void;
  /** What the service says of the file so far. */
  report(progress: { readonly read: number; readonly what?: string; readonly matches?: number }): void;
  /** The file ends, with the records that were in it. */
  done(read: number, size: number | null): void;
}

const everyMs = 200;

/** Rate from records, time left from bytes: over all inputs, since one file says nothing of the next. `total`: null when unknown. */
export function createProgress(
  output: Output,
  files: number,
  total: number | null,
  now: () => number,
): Progress {
  const startedAt = now();
  let label = '';
  let index = 0;
  let sentNow = 0;
  let bytesBefore = 0;
  let readBefore = 0;
  let last = 0;
  return {
    file(next) {
      label = next;
      index += 1;
      sentNow = 0;
    },
    sent(bytes) {
      sentNow += bytes;
    },
    report({ read, what, matches }) {
      const at = now();
      if (at - last < everyMs) return;
      last = at;
      const seconds = Math.max(at - startedAt, 1) / 1_000;
      const rate = Math.round((readBefore + read) / seconds).toLocaleString('en-US');
      const bytes = bytesBefore + sentNow;
      const left =
        total === null || bytes === 0
          ? ''
          : `, ${timeText(Math.max(0, (total - bytes) / bytes) * seconds)} left`;
      const which = files === 1 ? '' : `${index} of ${files} `;
      const kind = what === undefined || what === '' ? '' : ` (${what})`;
      const found = matches === undefined ? '' : `, ${count(matches, 'match', 'matches')}`;
      const name = inert(label);
      output.progress(`${which}${name}${kind}: ${count(read, 'record')}, ${rate}/s${found}${left}`);
    },
    done(read, size) {
      readBefore += read;
      bytesBefore += size ?? sentNow;
    },
  };
}

/** `45 s`, `12 min`, `3 h 20 min`. */
export function timeText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

type Counts = Pick<
  ImportResult,
  'read' | 'stored' | 'duplicate' | 'unparsed' | 'outOfRange' | 'detections' | 'alerts'
>;

function countsText(counts: Counts): string {
  const plain = (n: number): string => n.toLocaleString('en-US');
  const parts = [
    `${count(counts.read, 'record')} read`,
    `${plain(counts.stored)} stored`,
    `${plain(counts.duplicate)} duplicate`,
    `${plain(counts.unparsed)} unparsed`,
    count(counts.detections, 'detection'),
    count(counts.alerts, 'new alert'),
  ];
  if (counts.outOfRange > 0) parts.push(`${plain(counts.outOfRange)} with a time out of range`);
  return parts.join(', ');
}

/** One line, and a second one where the file was not read to its end. */
export function fileText(label: string, result: ImportResult): string {
  const kind = result.what === '' ? '' : ` (${result.what})`;
  const fault = result.truncated === undefined ? '' : `\n  not read to its end: ${result.truncated}`;
  return `${label}${kind}: ${countsText(result)}${fault}`;
}

/** The sum of all files. */
export function totalText(results: readonly ImportResult[], failed: number): string {
  const sum = (pick: (one: Counts) => number): number => results.reduce((total, one) => total + pick(one), 0);
  const bad = failed === 0 ? '' : ` (${failed} not read, or not to their end)`;
  return `${count(results.length, 'file')}${bad}: ${countsText({
    read: sum((one) => one.read),
    stored: sum((one) => one.stored),
    duplicate: sum((one) => one.duplicate),
    unparsed: sum((one) => one.unparsed),
    outOfRange: sum((one) => one.outOfRange),
    detections: sum((one) => one.detections),
    alerts: sum((one) => one.alerts),
  })}`;
}
