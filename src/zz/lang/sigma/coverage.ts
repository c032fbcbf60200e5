/** Which rules could ever look at which events: by logsource alone. */
import { applies, routeEvent, type SigmaEvent, wantedLogsource } from './logsource.ts';
import type { LogsourceMappings } from './mappings.ts';
import type { RuleLogsource } from './rule.ts';

/** Everything that an event's logsource can be called. */
export interface EventLogsource {
  readonly product: string | null;
  readonly services: readonly string[];
  readonly categories: readonly string[];
}

export function eventLogsource(event: SigmaEvent, mappings: LogsourceMappings): EventLogsource {
  const { product, services, categories } = routeEvent(event, mappings);
  return { product, services, categories };
}

/** Whether a rule for `logsource` looks at events of `event`. */
export function looksAt(logsource: Omit<RuleLogsource, 'definition'>, event: EventLogsource): boolean {
  return applies(wantedLogsource(logsource), {
    ...event,
    view: () => {
      throw new Error('a logsource has no fields');
    },
  });
}
