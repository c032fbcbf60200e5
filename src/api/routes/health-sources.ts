/** The health of sources over HTTP. */
import { type Instant, toIso } from '../../base/clock.ts';
import { type HealthService, type SourceHealth, windowMs } from '../../features/health/index.ts';
import type * as wire from '../contract/health.ts';
import { os } from './context.ts';
import { endsWith } from './streams.ts';

export function healthHandlers(health: HealthService) {
  return {
    health: os.sources.health.handler(async ({ context }) => ({
      items: (await health.list(context.scope)).map(healthView),
      windowMs,
    })),
    unparsed: os.sources.unparsed.handler(async ({ context, input, signal }) => {
      const { sampled, shapes } = await health.shapes(context.scope, input.id, endsWith(context, signal));
      return { sampled, shapes: [...shapes] };
    }),
    expect: os.sources.expect.handler(async ({ context, input }) =>
      healthView(await health.expect(context.actor, input.id, input.version, input.expectation)),
    ),
  };
}

function healthView(health: SourceHealth): wire.SourceHealth {
  const { source, ...rest } = health;
  const at = (instant: Instant | null) => (instant === null ? null : toIso(instant));
  return {
    ...rest,
    id: source,
    lastReceivedAt: at(health.lastReceivedAt),
    lastEventAt: at(health.lastEventAt),
    silentSince: at(health.silentSince),
    hours: health.hours.map((hour) => ({ at: toIso(hour.at), records: hour.records })),
  };
}
