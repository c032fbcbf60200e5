/** Entra ID's records as OCSF events. */
import type { Instant } from '../../../base/clock.ts';
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import { accountView, type Call, callView, signInView } from './audit.ts';
import { type EntraRecord, resultOf } from './entra-record.ts';
import { at, known, list, lookup, text } from './fields.ts';
import { severity } from './ocsf-view.ts';

function personOf(of: unknown): OcsfObjects['user'] | undefined {
  return known({
    name: text(of, 'userPrincipalName'),
    full_name: text(of, 'displayName') ?? text(of, 'userDisplayName'),
    uid: text(of, 'id') ?? text(of, 'userId'),
  });
}

function appOf(of: unknown): OcsfObjects['user'] | undefined {
  const found = known({
    name: text(of, 'servicePrincipalName') ?? text(of, 'displayName'),
    uid: text(of, 'servicePrincipalId'),
  });
  return found === undefined ? undefined : { ...found, type: 'Service', type_id: 4 };
}

function actorOf({ json, facts, kind }: EntraRecord): OcsfObjects['user'] | undefined {
  if (kind !== 'auditlogs') {
    const own =
      text(facts, 'userPrincipalName') === undefined
        ? undefined
        : personOf({ ...facts, id: facts['userId'] });
    return own ?? appOf(facts) ?? known({ name: text(json, 'identity') });
  }
  const user = personOf(at(facts, 'initiatedBy', 'user'));
  return user ?? appOf(at(facts, 'initiatedBy', 'app')) ?? known({ name: text(json, 'identity') });
}

function addressOf({ json, facts }: EntraRecord): string | undefined {
  const named = list(facts, 'additionalDetails').find((one) => text(one, 'key') === 'ipaddr');
  return (
    text(facts, 'ipAddress') ??
    text(facts, 'initiatedBy', 'user', 'ipAddress') ??
    text(json, 'callerIpAddress') ??
    text(named, 'value')
  );
}

function callOf(record: EntraRecord, time: Instant | null): Call {
  const { json, facts, kind } = record;
  const code = resultOf(record);
  const result = text(facts, 'result') ?? text(json, 'resultType');
  const tenant = text(json, 'tenantId') ?? text(facts, 'tenantId');
  return {
    base: {
      time,
      metadata: {
        product: { name: 'Entra ID', vendor_name: 'Microsoft' },
        uid: text(facts, 'id'),
        log_name: text(json, 'category') ?? kind,
        event_code: text(facts, 'activityDisplayName') ?? text(json, 'operationName'),
        correlation_uid: text(json, 'correlationId') ?? text(facts, 'correlationId'),
        tenant_uid: tenant,
      },
    },
    success:
      kind === 'signinlogs'
        ? code === undefined
          ? undefined
          : code === '0'
        : result === undefined
          ? undefined
          : /^(?:success|0)$/i.test(result),
    user: actorOf(record),
    from: addressOf(record),
    userAgent: text(facts, 'userAgent'),
    detail:
      text(json, 'resultDescription') ??
      text(facts, 'status', 'failureReason') ??
      text(facts, 'resultReason'),
    code,
    cloud: { provider: 'Azure', account: tenant === undefined ? undefined : { uid: tenant, type_id: 6 } },
  };
}

function signIn(record: EntraRecord, call: Call): OcsfEvent {
  const { facts } = record;
  const device = at(facts, 'deviceDetail');
  const hostname = text(device, 'displayName');
  return signInView(call, {
    is_mfa: text(facts, 'authenticationRequirement') === 'multiFactorAuthentication',
    is_remote: true,
    service: known({
      name: text(facts, 'resourceDisplayName') ?? text(facts, 'appDisplayName'),
      uid: text(facts, 'resourceId'),
    }),
    auth_protocol: text(facts, 'authenticationProtocol') ?? text(facts, 'clientAppUsed'),
    auth_protocol_id: 99,
    session: known({ uid: text(facts, 'uniqueTokenIdentifier') ?? text(facts, 'id') }),
    device:
      hostname === undefined
        ? undefined
        : { hostname, type_id: 0, uid: text(device, 'deviceId'), os: osOf(text(device, 'operatingSystem')) },
    risk_level: text(facts, 'riskLevelDuringSignIn'),
  });
}

function osOf(name: string | undefined): OcsfObjects['os'] | undefined {
  if (name === undefined) return undefined;
  const id = /windows/i.test(name) ? 100 : /mac/i.test(name) ? 300 : /linux/i.test(name) ? 200 : 99;
  return { name, type_id: id };
}

const changes: Readonly<Record<string, 1 | 2 | 3 | 4 | 5 | 6>> = {
  'add user': 1,
  'invite external user': 1,
  'enable account': 2,
  'change user password': 3,
  'change password (self-service)': 3,
  'reset user password': 4,
  'reset password (by admin)': 4,
  'reset password (self-service)': 4,
  'disable account': 5,
  'delete user': 6,
};

function audit({ json, facts }: EntraRecord, call: Call): OcsfEvent {
  const operation = text(facts, 'activityDisplayName') ?? text(json, 'operationName') ?? 'unknown';
  const targets = list(facts, 'targetResources');
  const target = targets.find((one) => /^user$/i.test(text(one, 'type') ?? ''));
  const change = lookup(changes, operation.toLowerCase());
  const user = personOf(target);
  if (change !== undefined && user !== undefined) {
    return accountView(call, change, { user: { ...user, name: user.name ?? user.full_name } });
  }
  const resources = targets.flatMap((one) => {
    const resource = known({
      name: text(one, 'userPrincipalName') ?? text(one, 'displayName'),
      uid: text(one, 'id'),
      type: text(one, 'type'),
    });
    return resource === undefined ? [] : [resource];
  });
  return callView(call, operation, {
    service: text(facts, 'loggedByService') ?? 'Microsoft Entra ID',
    resources: resources.length === 0 ? undefined : resources,
  });
}

const levels: Readonly<Record<string, number>> = {
  low: severity.low,
  medium: severity.medium,
  high: severity.high,
};

function risk({ facts }: EntraRecord, call: Call): OcsfEvent {
  const level = text(facts, 'riskLevel');
  const base = { ...call.base, severity_id: lookup(levels, level) };
  const operation = text(facts, 'riskEventType') ?? 'risk';
  return callView({ ...call, base, message: text(facts, 'riskDetail') }, operation, {
    activity: 99,
    service: 'Entra ID Protection',
    risk_level: level,
  });
}

export function entraView(record: EntraRecord, time: Instant | null): OcsfEvent {
  const call = callOf(record, time);
  switch (record.kind) {
    case 'signinlogs':
      return signIn(record, call);
    case 'auditlogs':
      return audit(record, call);
    case 'riskdetection':
      return risk(record, call);
  }
}
