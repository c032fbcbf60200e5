/** What `sigma match` says beside its matches: how far it is, what was not read, the summary, the exit code. */
import type { MatchProgress, SigmaMatchSummary } from '../../app/sigma-match-types.ts';
import type { Triage } from '../../app/sigma-triage.ts';
import { type Level, levels } from '../../lang/sigma/index.ts';
import { createProgress, type Progress } from '../import/progress.ts';
import { count, exitCode, type Output } from '../output.ts';
import { tellRefused } from '../pack-files.ts';
import { triageText } from './summary.ts';

/** `output`: null for silence. */
export function progressOn(output: Output | null, begun: (files: number) => void): MatchProgress {
  let progress: Progress | null = null;
  return {
    archive: (path) => output?.progress(`reading what is in ${path}`),
    begin(files, bytes) {
      begun(files);
      if (output !== null) progress = createProgress(output, files, bytes, () => performance.now());
    },
    file: (label) => progress?.file(label),
    sent: (bytes) => progress?.sent(bytes),
    report: (now) => progress?.report(now),
    done: (read, size) => progress?.done(read, size),
  };
}

export function tellSummary(summary: SigmaMatchSummary, triage: Triage | null, output: Output): void {
  tellSome(summary.refused, output, 'refused');
  tellSome(summary.warnings, output, 'warning:');
  const { stderr } = process;
  if (triage !== null && triage.rules.length > 0)
    output.note(
      triageText(triage, summary, stderr.isTTY, stderr.isTTY ? stderr.columns : Number.POSITIVE_INFINITY),
    );
  output.note(
    `${count(summary.loaded, 'rule')} loaded, ${summary.refused.length} refused; ${count(summary.events, 'event')}, ${summary.unparsed} unparsed; ${count(summary.matches, 'match', 'matches')}; ${Math.round(summary.eventsPerSecond).toLocaleString('en-US')} events/s`,
  );
  if (summary.unroutedEvents > 0)
    output.note(`${count(summary.unroutedEvents, 'event')} of a logsource that no loaded rule looks at`);
  if (summary.outOfTime > 0)
    output.note(`${count(summary.outOfTime, 'event')} outside of the time asked for`);
  const { unreadFiles, eventFiles } = summary;
  if (unreadFiles.length > 0)
    output.note(`${unreadFiles.length} of ${count(eventFiles, 'file')} not read, or not to the end`);
  if (summary.interrupted) output.note('interrupted: this is the result up to here, not of all files');
}

/** Public collections have dozens; what was found must not be lost among them. */
const mostTold = 10;

function tellSome(
  refusals: SigmaMatchSummary['refused'],
  output: Output,
  what: 'refused' | 'warning:',
): void {
  tellRefused(refusals.slice(0, mostTold), output, what);
  const more = refusals.length - mostTold;
  if (more > 0) output.note(`${what} … ${more} more; watchfloor sigma check names all`);
}

export function codeOf(summary: SigmaMatchSummary, triage: Triage, failOn: Level | undefined): number {
  if (summary.interrupted) return exitCode.interrupted;
  const found =
    failOn !== undefined && triage.rules.some((rule) => levels.indexOf(rule.level) >= levels.indexOf(failOn));
  return found || summary.unreadFiles.length > 0 ? exitCode.failed : exitCode.ok;
}
