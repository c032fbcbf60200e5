/** Which rules look at an event: the rule's logsource against what is known of the event's. */
import { type LogsourceMappings, mapEvent } from './mappings.ts';
import type { RuleLogsource } from './rule.ts';
import { type Aliases, type Fields, type FieldView, viewOf } from './view.ts';

export interface SigmaEvent {
  readonly fields: Fields;
  /** As far as the parser knows it. */
  readonly logsource: {
    readonly product?: string;
    readonly service?: string;
    readonly moreServices?: readonly string[];
    readonly category?: string;
  };
}

/** An event with everything its logsource can be called, and a view of its fields for each. */
export interface RoutedEvent {
  readonly product: string | null;
  readonly services: readonly string[];
  readonly categories: readonly string[];
  /** The fields as a rule for that category names them; null for a rule that names none. */
  view(category: string | null): FieldView;
}

export function routeEvent(event: SigmaEvent, mappings: LogsourceMappings): RoutedEvent {
  const { fields, logsource } = event;
  const product = lower(logsource.product);
  const mapped = product === mappings.product ? mapEvent(fields, mappings) : { services: [], categories: [] };
  const services = unique([
    lower(logsource.service),
    ...(logsource.moreServices ?? []).map(lower),
    ...mapped.services,
  ]);
  const categories = unique([
    lower(logsource.category),
    ...mapped.categories.map(({ category }) => category),
  ]);
  const aliases = new Map(mapped.categories.map((entry) => [entry.category, entry.aliases]));
  const plain = viewOf(fields);
  const views = new Map<Aliases, FieldView>();
  return {
    product,
    services,
    categories,
    view(category) {
      const names = category === null ? undefined : aliases.get(category);
      if (names === undefined || Object.keys(names).length === 0) return plain;
      const view = views.get(names) ?? viewOf(fields, names);
      views.set(names, view);
      return view;
    },
  };
}

function lower(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.toLowerCase();
}

function unique(names: readonly (string | null)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== null))];
}

/** A rule's logsource in lower case, null where it asks for nothing. */
export interface WantedLogsource {
  readonly product: string | null;
  readonly service: string | null;
  readonly category: string | null;
}

export function wantedLogsource(logsource: RuleLogsource): WantedLogsource {
  return {
    product: lower(logsource.product),
    service: lower(logsource.service),
    category: lower(logsource.category),
  };
}

/** Every attribute that the rule names has to be one that the event has. */
export function applies(wanted: WantedLogsource, event: RoutedEvent): boolean {
  return (
    (wanted.product === null || wanted.product === event.product) &&
    (wanted.service === null || event.services.includes(wanted.service)) &&
    (wanted.category === null || event.categories.includes(wanted.category))
  );
}
