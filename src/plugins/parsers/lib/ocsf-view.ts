/** An event's OCSF 1.8 view from a class and its attributes, and the event that makes it when it is asked for. */
import type { Instant } from '../../../base/clock.ts';
import type { ParsedEvent } from '../../../model/event.ts';
import {
  type OcsfClassName,
  type OcsfEvent,
  type OcsfEvents,
  ocsfClass,
  ocsfVersion,
  typeUid,
} from '../../../model/ocsf.ts';

/** OCSF's `severity_id`. */
export const severity = {
  unknown: 0,
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
  fatal: 6,
  other: 99,
} as const;

/** OCSF's `status_id`. */
export const status = {
  success: { status_id: 1, status: 'Success' },
  failure: { status_id: 2, status: 'Failure' },
} as const;

/** What every event has, whatever its class. */
export interface OcsfBase {
  readonly time: Instant | null;
  /** Default: informational. */
  readonly severity_id?: number | undefined;
  readonly metadata: Omit<OcsfEvent['metadata'], 'version'>;
}

type Given = 'class_uid' | 'category_uid' | 'activity_id' | 'type_uid' | keyof OcsfBase;
/** The attributes of a class that a parser fills; what the record does not say is undefined. */
export type OcsfAttributes<C extends OcsfClassName> = {
  readonly [K in Exclude<keyof OcsfEvents[C], Given>]?: OcsfEvents[C][K] | undefined;
};

const given = new Set([
  'class_uid',
  'category_uid',
  'activity_id',
  'type_uid',
  'time',
  'severity_id',
  'metadata',
]);

/**
 * The view. An event that lacks what its class requires (a sign-in without a user, say) becomes a base event
 * with the attributes that both classes have.
 */
export function ocsfView<C extends OcsfClassName>(
  name: C,
  activity: OcsfEvents[C]['activity_id'],
  base: OcsfBase,
  attributes: OcsfAttributes<C>,
): OcsfEvent {
  const values: Readonly<Record<string, unknown>> = attributes;
  const wanted = ocsfClass(name);
  const whole = wanted.required.every((one) => given.has(one) || values[one] !== undefined);
  const facts = whole ? wanted : ocsfClass('base_event');
  const activityId = whole ? activity : 99;
  const shared = new Set(whole ? [] : facts.attributes.split(' '));
  return {
    ...(whole ? values : Object.fromEntries(Object.entries(values).filter(([one]) => shared.has(one)))),
    class_uid: facts.uid,
    category_uid: facts.categoryUid,
    activity_id: activityId,
    type_uid: typeUid(facts.uid, activityId),
    time: base.time,
    severity_id: base.severity_id ?? severity.informational,
    metadata: { ...base.metadata, version: ocsfVersion },
  };
}

/**
 * The event, with its OCSF view made when it is first asked for: matching reads only `native`, and most events
 * are never shown. Copying the event (spread, JSON, structuredClone) asks for it too.
 */
export function eventOf(parts: Omit<ParsedEvent, 'kind' | 'ocsf'>, view: () => OcsfEvent): ParsedEvent {
  let ocsf: OcsfEvent | undefined;
  return {
    kind: 'event',
    ...parts,
    get ocsf(): OcsfEvent {
      ocsf ??= view();
      return ocsf;
    },
  };
}
