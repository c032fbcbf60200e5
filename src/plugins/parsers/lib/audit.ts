/** What the audit trails of cloud services and applications share: who called what, from where, and how it ended. */
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import { endpoint } from './endpoint.ts';
import { known } from './fields.ts';
import { type OcsfAttributes, type OcsfBase, ocsfView, severity, status } from './ocsf-view.ts';

/** OCSF's activities of API Activity. */
export const activity = { unknown: 0, create: 1, read: 2, update: 3, delete: 4, other: 99 } as const;
type Activity = (typeof activity)[keyof typeof activity];

const verbs: readonly (readonly [Activity, RegExp])[] = [
  [
    activity.read,
    /^(?:get|list|describe|head|read|view|search|lookup|download|query|select|scan|watch|fetch|export|check|test|access|batchget|preview|count)/,
  ],
  [
    activity.delete,
    /^(?:delete|remove|terminate|deregister|revoke|destroy|purge|disassociate|detach|drop|unassign|hard delete)/,
  ],
  [
    activity.create,
    /^(?:create|add|insert|run|register|import|allocate|issue|upload|invite|generate|new|post|send|copy|request)/,
  ],
  [
    activity.update,
    /^(?:update|put|modify|patch|set|attach|associate|change|edit|enable|disable|start|stop|replace|reset|restore|rename|move|assign|grant|configure|suspend|resume|activate|deactivate|consent|authorize|add_|rotate)/,
  ],
];

/** Activity by the verb that the name of an operation begins with; `other` where it is none of these. */
export function activityOf(operation: string): Activity {
  const name = operation.toLowerCase();
  return verbs.find(([, pattern]) => pattern.test(name))?.[0] ?? activity.other;
}

/** How a call ended: `true`, `false`, or undefined when the record does not say. */
type Success = boolean | undefined;

export interface Call {
  readonly base: OcsfBase;
  readonly success: Success;
  readonly user: OcsfObjects['user'] | undefined;
  /** Address or name of the caller. */
  readonly from: string | undefined;
  readonly userAgent?: string | undefined;
  readonly message?: string | undefined;
  /** Why it failed, in the product's words. */
  readonly detail?: string | undefined;
  readonly code?: string | undefined;
  readonly cloud?: OcsfObjects['cloud'] | undefined;
}

/** The outcome's attributes. A failure is at least low: products report failed sign-ins as informational. */
function outcome(call: Call) {
  const ended = call.success === undefined ? {} : call.success ? status.success : status.failure;
  return { ...ended, status_detail: call.detail, status_code: call.code };
}

function baseOf({ base, success }: Call): OcsfBase {
  const given = base.severity_id ?? severity.informational;
  return { ...base, severity_id: success === false ? Math.max(given, severity.low) : given };
}

function sharedBy(call: Call) {
  return {
    ...outcome(call),
    message: call.message,
    src_endpoint: endpoint(call.from),
    http_request: known({ user_agent: call.userAgent }),
    cloud: call.cloud,
  };
}

/** A call of an API or a change in an application, as API Activity. */
export function callView(
  call: Call,
  operation: string,
  more: OcsfAttributes<'api_activity'> & {
    readonly service?: string | undefined;
    readonly activity?: Activity;
  } = {},
): OcsfEvent {
  const { service, activity: given, ...attributes } = more;
  return ocsfView('api_activity', given ?? activityOf(operation), baseOf(call), {
    api: { operation, service: known({ name: service }) },
    actor: call.user === undefined ? undefined : { user: call.user },
    ...sharedBy(call),
    ...attributes,
  });
}

/** A sign-in (or its end) of the user, as Authentication. */
export function signInView(
  call: Call,
  more: OcsfAttributes<'authentication'> & { readonly activity?: 1 | 2 | 3 | 6 | 7 | 99 } = {},
): OcsfEvent {
  const { activity: given, ...attributes } = more;
  return ocsfView('authentication', given ?? 1, baseOf(call), {
    user: call.user,
    ...sharedBy(call),
    ...attributes,
  });
}

/** A change of the account that `more.user` names, made by the caller. */
export function accountView(
  call: Call,
  change: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 99,
  more: OcsfAttributes<'account_change'> & { readonly user: OcsfObjects['user'] },
): OcsfEvent {
  return ocsfView('account_change', change, baseOf(call), {
    actor: call.user === undefined ? undefined : { user: call.user },
    ...sharedBy(call),
    ...more,
  });
}
