/** The state of the service, backups and legal holds over HTTP. */
import { toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { open, os } from './context.ts';
import type { Services } from './services.ts';
import { holdView } from './views.ts';

export function systemRoutes({ system }: Pick<Services, 'system'>) {
  return open.system.router({
    status: os.system.status.handler(async ({ context }) => {
      const status = await system.status(context.scope);
      return {
        ...status,
        startedAt: toIso(status.startedAt),
        consumers: [...status.consumers],
        intake: { ...status.intake },
      };
    }),
    backup: os.system.backup.handler(({ context, input }) => system.backup(context.actor, input.directory)),
    signInLink: os.system.signInLink.handler(async ({ context }) => {
      const { url, expiresAt } = await system.signInLink(context.actor);
      return { url, expiresAt: toIso(expiresAt) };
    }),
    holds: os.system.holds.handler(async ({ context }) => ({
      items: (await system.holds(context.scope)).map(holdView),
    })),
    hold: os.system.hold.handler(({ context, input }) => {
      if (input.toDay < input.fromDay) {
        throw new AppError('E_BAD_REQUEST', 'toDay: the last day must not be before the first.');
      }
      return system.hold(context.actor, input);
    }),
    releaseHold: os.system.releaseHold.handler(async ({ context, input }) => {
      await system.releaseHold(context.actor, input.id);
      return { id: input.id };
    }),
  });
}
