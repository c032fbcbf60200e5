/** Alerts over HTTP: the queue, one alert, its changes, and the live stream. */
import { type Clock, toIso } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Scope } from '../../model/actor.ts';
import type { AlertSummary } from '../../model/alert.ts';
import { open, os } from './context.ts';
import { contextView, processTreeView, unseenView } from './queue-views.ts';
import type { Services } from './services.ts';
import { endsWith } from './streams.ts';
import { alertDetailView, alertView, liveView } from './views.ts';

export function alertRoutes(
  services: Pick<Services, 'alerts' | 'context' | 'live' | 'presence'>,
  clock: Clock,
) {
  const { alerts, context: surroundings, live, presence } = services;
  const presences = (scope: Scope) =>
    presence.all(scope).map((one) => liveView({ type: 'presence', ...one, at: clock.now() }));
  return open.alerts.router({
    list: os.alerts.list.handler(async ({ context, input }) => {
      const page = await alerts.list(context.actor, input);
      return {
        items: page.items.map(alertView),
        total: page.total,
        counts: { status: { ...page.counts.status }, severity: { ...page.counts.severity } },
        nextCursor: page.nextCursor,
      };
    }),
    get: os.alerts.get.handler(async ({ context, input }) =>
      alertDetailView(await alerts.get(context.scope, input.id)),
    ),
    assign: os.alerts.assign.handler(({ context, input }) =>
      changed(alerts.assign(context.actor, input.id, input.version, input.owner)),
    ),
    comment: os.alerts.comment.handler(({ context, input }) =>
      changed(alerts.comment(context.actor, input.id, input.text)),
    ),
    close: os.alerts.close.handler(({ context, input }) =>
      changed(alerts.close(context.actor, input.id, input.version, input.verdict, input.reason)),
    ),
    reopen: os.alerts.reopen.handler(({ context, input }) =>
      changed(alerts.reopen(context.actor, input.id, input.version, input.reason)),
    ),
    create: os.alerts.create.handler(({ context, input }) => {
      const at = input.at === undefined ? undefined : Date.parse(input.at);
      return changed(alerts.create(context.actor, { ...input, at }));
    }),
    acknowledge: os.alerts.acknowledge.handler(({ context, input }) =>
      changed(alerts.acknowledge(context.actor, input.id, input.version)),
    ),
    wait: os.alerts.wait.handler(({ context, input }) => {
      const waiting = { for: input.for, until: Date.parse(input.until) };
      return changed(alerts.wait(context.actor, input.id, input.version, waiting));
    }),
    context: os.alerts.context.handler(async ({ context, input }) =>
      contextView(await surroundings.alert(context.scope, input.id)),
    ),
    processTree: os.alerts.processTree.handler(async ({ context, input, signal }) => {
      return processTreeView(
        await surroundings.processTree(context.scope, input.id, endsWith(context, signal)),
      );
    }),
    unseen: os.alerts.unseen.handler(async ({ context, input, signal }) => {
      const found = await surroundings.alertUnseen(context.scope, input.id, endsWith(context, signal));
      return { items: found.map(unseenView) };
    }),
    live: os.alerts.live.handler(async function* ({ context, signal }) {
      if (context.stopping.aborted) throw new AppError('E_BUSY', 'The service is stopping.');
      const ends = endsWith(context, signal);
      // Subscribed before the ping goes out: what is committed after it is in the stream.
      const changes = live.subscribe(context.scope, ends);
      yield { type: 'ping' as const, at: toIso(clock.now()) };
      // What has changed is told; who was there before has to be said once.
      yield* presences(context.scope);
      for await (const change of changes) {
        yield liveView(change);
        if (change.type === 'lagged') yield* presences(context.scope);
      }
    }),
  });
}

/** The changed alert; a refusal carries the current one, in the form of the wire, as `current`. */
async function changed(change: Promise<AlertSummary>): Promise<ReturnType<typeof alertView>> {
  try {
    return alertView(await change);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.details['alert'] === undefined) throw thrown;
    const { alert, ...details } = thrown.details;
    const current = alertView(alert as AlertSummary);
    throw new AppError(thrown.code, thrown.message, { ...details, current }, thrown);
  }
}
