/** All handlers of the contract, in one router. */
import type { Clock } from '../../base/clock.ts';
import type { AccessService } from '../../features/access/types.ts';
import { alertRoutes } from './alerts.ts';
import { assetRoutes } from './assets.ts';
import { open } from './context.ts';
import { incidentRoutes, queueRoutes } from './queue.ts';
import { auditRoutes, eventRoutes, sourceRoutes } from './records.ts';
import { ruleRoutes } from './rules.ts';
import type { Services } from './services.ts';
import { sessionRoutes } from './session.ts';
import { systemRoutes } from './system.ts';

export function createRouter(services: Services, access: AccessService, clock: Clock) {
  return open.router({
    session: sessionRoutes(access),
    alerts: alertRoutes(services, clock),
    queue: queueRoutes(services),
    incidents: incidentRoutes(services),
    assets: assetRoutes(services),
    events: eventRoutes(services),
    rules: ruleRoutes(services),
    sources: sourceRoutes(services),
    audit: auditRoutes(services),
    system: systemRoutes(services),
  });
}
