/** Visibility alerts: a source that fell silent is an alert of the queue, though no event says so. */
import { type Clock, toIso } from '../base/clock.ts';
import { noteVisibility, raiseVisibilityAlert } from '../features/alerts/index.ts';
import type { NoteResumed, RaiseVisibility } from '../features/health/index.ts';
import type { NeverGroup } from '../model/never-group.ts';

const silence = 'silent';

/** One alert is open for a source that is silent, however often that is looked at. */
export function createRaiseVisibility(clock: Clock, neverGroup: () => NeverGroup): RaiseVisibility {
  return async (tx, { tenant, source, lastReceivedAt }) => {
    await raiseVisibilityAlert(
      tx,
      tenant,
      {
        source,
        subject: silence,
        title: `The source ${source} has fallen silent`,
        description:
          `Nothing has come from ${source} since ${toIso(lastReceivedAt)}, longer than is expected of it, ` +
          'so that what happens there can not be seen. Check the sender, the way to this service, and the ' +
          "token. The expectation is told from the source's own history, or set on its page.",
        severity: 'medium',
      },
      neverGroup(),
      clock.now(),
    );
  };
}

/** The alert stays open: whether what was missed matters is for a person to say. */
export function createNoteResumed(clock: Clock): NoteResumed {
  return async (tx, { tenant, source, silentSince, lastReceivedAt }) => {
    const text =
      `${source} sends again, at ${toIso(lastReceivedAt)}; it was silent for ` +
      `${duration(lastReceivedAt - silentSince)}, since ${toIso(silentSince)}.`;
    await noteVisibility(tx, tenant, { source, subject: silence, since: silentSince }, text, clock.now());
  };
}

/** `3 d 4 h`, `2 h 5 min`. */
function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
