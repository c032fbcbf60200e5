/** All handlers of the contract, in one router. */
import type { Clock } from '../../base/clock.ts';
import type { AccessService } from '../../features/access/types.ts';
import { alertRoutes } from './alerts.ts';
import { open } from './context.ts';
import { auditRoutes, eventRoutes, ruleRoutes, sourceRoutes } from './records.ts';
import type { Services } from './services.ts';
import { sessionRoutes } from './session.ts';
import { systemRoutes } from './system.ts';

export function createRouter(services: Services, access: AccessService, clock: Clock) {
  return open.router({
    session: sessionRoutes(access),
    alerts: alertRoutes(services, clock),
    events: eventRoutes(services),
    rules: ruleRoutes(services),
    sources: sourceRoutes(services),
    audit: auditRoutes(services),
    system: systemRoutes(services),
  });
}
