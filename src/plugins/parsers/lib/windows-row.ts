/** One row of the tables that say which OCSF class a Windows event is. */
import type { NativeFields } from '../../../model/event.ts';
import { type OcsfClassFacts, type OcsfClassName, type OcsfEvents, ocsfClass } from '../../../model/ocsf.ts';

type Common =
  | 'class_uid'
  | 'category_uid'
  | 'activity_id'
  | 'type_uid'
  | 'time'
  | 'severity_id'
  | 'metadata'
  | 'device';
/** What a row adds to the attributes that all events have; a part the event does not name is undefined. */
type Specific<C extends OcsfClassName> = {
  readonly [K in Exclude<keyof OcsfEvents[C], Common>]?: OcsfEvents[C][K] | undefined;
} & { readonly severity_id?: number };
type Activity<C extends OcsfClassName> = OcsfEvents[C]['activity_id'];

export interface Row {
  readonly facts: OcsfClassFacts;
  /** Required attributes that only this class has. Without one of them the event becomes a base event. */
  readonly needs: readonly string[];
  readonly activity: (native: NativeFields) => number;
  readonly build: (native: NativeFields) => Readonly<Record<string, unknown>>;
}

export type Rows = ReadonlyMap<number, Row | ((native: NativeFields) => Row)>;

const common = new Set([
  'activity_id',
  'category_uid',
  'class_uid',
  'metadata',
  'severity_id',
  'time',
  'type_uid',
]);

export function row<C extends OcsfClassName>(
  name: C,
  activity: Activity<C> | ((native: NativeFields) => Activity<C>),
  build: (native: NativeFields) => Specific<C>,
): Row {
  const facts = ocsfClass(name);
  return {
    facts,
    needs: facts.required.filter((attribute) => !common.has(attribute)),
    activity: typeof activity === 'function' ? activity : () => activity,
    build,
  };
}

/** OCSF's `status_id`. */
export const status = {
  success: { status_id: 1, status: 'Success' },
  failure: { status_id: 2, status: 'Failure' },
} as const;
