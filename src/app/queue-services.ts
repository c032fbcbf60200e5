/** Composition of the queue: alerts, incidents, entities, context, presence, and rules that are in force once changed. */
import type { RuleKeeping, Services } from '../api/routes/services.ts';
import type { Clock } from '../base/clock.ts';
import { createAlerts, createIncidents, createQueue, type OwnerIdentity } from '../features/alerts/index.ts';
import type { AssetsService } from '../features/assets/types.ts';
import type { RulesService } from '../features/detection/index.ts';
import type { OutboxDispatcher } from '../features/outbox/dispatcher.ts';
import { createPresence } from '../features/outbox/presence.ts';
import type { TenantId } from '../model/ids.ts';
import type { EventStore } from '../store/events.ts';
import type { Records } from '../store/records.ts';
import { createContextService } from './alert-context.ts';
import type { RuleBook } from './rule-book.ts';
import type { StopStack } from './stop-stack.ts';

export interface QueueServicesDeps {
  readonly records: Records;
  readonly clock: Clock;
  readonly outbox: OutboxDispatcher;
  readonly assets: AssetsService;
  readonly rules: RulesService;
  readonly ruleBook: RuleBook;
  readonly events: Services['events'];
  readonly store: Pick<EventStore, 'top'>;
  readonly health: Services['health'];
  readonly person: (tenant: TenantId, id: string) => Promise<OwnerIdentity | null>;
  readonly stops: StopStack;
}

const sweepEveryMs = 10_000;

export function createQueueServices(deps: QueueServicesDeps): Pick<
  Services,
  'alerts' | 'incidents' | 'queue' | 'context' | 'presence' | 'assets' | 'owner'
> & {
  readonly rules: RuleKeeping;
} {
  const { records, clock, outbox, assets, rules, ruleBook } = deps;
  const alertDeps = { records, clock, identities: deps.person, neverGroup: () => assets.compiled() };
  const alerts = createAlerts(alertDeps);
  const incidents = createIncidents(alertDeps);
  const nudge = () => outbox.nudge();
  const presence = createPresence(clock, (tenant, subject, people) =>
    outbox.announce(tenant, { type: 'presence', subject, people, at: clock.now() }),
  );
  const sweep = setInterval(() => presence.sweep(), sweepEveryMs);
  sweep.unref();
  deps.stops.push('presence', () => clearInterval(sweep));
  return {
    alerts: after(alerts, nudge),
    incidents: after(incidents, nudge),
    queue: after(createQueue(alertDeps), nudge),
    context: createContextService({
      records,
      clock,
      alerts,
      incidents,
      events: deps.events,
      store: deps.store,
      health: deps.health,
      neverGroup: () => assets.compiled(),
    }),
    presence: {
      set: (actor, subject, here) => (here ? presence.here(actor, subject) : presence.gone(actor, subject)),
      all: (scope) => presence.all(scope.tenant),
    },
    assets,
    rules: inForce(rules, ruleBook),
    async owner(actor, owner) {
      if (owner === 'me') return { id: actor.id, name: actor.name };
      return await deps.person(actor.tenant, owner);
    },
  };
}

/** Each method followed by `then`: others see a change at once, not at the next poll of the outbox. */
function after<T extends object>(service: T, then: () => void): T {
  const wrapped = Object.entries(service).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function') return [name, method];
    const call = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await (method as (...args: unknown[]) => unknown)(...args);
      } finally {
        then();
      }
    };
    return [name, call];
  });
  return Object.fromEntries(wrapped) as T;
}

/** What changes rules ends with the pipeline knowing it. */
function inForce(rules: RulesService, ruleBook: Pick<RuleBook, 'refresh'>): RuleKeeping {
  const refreshed = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    await ruleBook.refresh();
    return result;
  };
  return {
    ...rules,
    load: (...args) => refreshed(rules.load(...args)),
    prune: (...args) => refreshed(rules.prune(...args)),
    setState: (...args) => refreshed(rules.setState(...args)),
    edit: (...args) => refreshed(rules.edit(...args)),
    create: (...args) => refreshed(rules.create(...args)),
    addException: (...args) => refreshed(rules.addException(...args)),
    removeException: (...args) => refreshed(rules.removeException(...args)),
  };
}
