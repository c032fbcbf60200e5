/** Visibility alerts: a source that fell silent is an alert of the queue, though no event says so. */
import { type Clock, toIso } from '../base/clock.ts';
import { raiseVisibilityAlert } from '../features/alerts/index.ts';
import type { RaiseVisibility } from '../features/health/index.ts';
import type { NeverGroup } from '../model/never-group.ts';

/** One alert is open for a source that is silent, however often that is looked at. */
export function createRaiseVisibility(clock: Clock, neverGroup: () => NeverGroup): RaiseVisibility {
  return async (tx, { tenant, source, lastReceivedAt }) => {
    await raiseVisibilityAlert(
      tx,
      tenant,
      {
        source,
        subject: 'silent',
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
