/** The shapes in which Entra ID's records come, to one: what happened in Graph's words, and the names that rules use. */
import type { JsonRecord } from '../../../model/record.ts';
import { at, defined, isObject, list, lookup, text } from './fields.ts';
import { alsoText, innerJson } from './json-text.ts';
import { casing, has, recased } from './recase.ts';

export type EntraKind = 'signinlogs' | 'auditlogs' | 'riskdetection';

export interface EntraRecord {
  readonly kind: EntraKind;
  /** As it came, its names in the vendor's case. */
  readonly json: JsonRecord;
  /** The facts by Graph's names: the `properties` of a diagnostic record, a Graph object itself. */
  readonly facts: JsonRecord;
}

/** Categories of Azure Monitor's diagnostic settings. */
const categories: Readonly<Record<string, EntraKind>> = {
  SignInLogs: 'signinlogs',
  NonInteractiveUserSignInLogs: 'signinlogs',
  ServicePrincipalSignInLogs: 'signinlogs',
  ManagedIdentitySignInLogs: 'signinlogs',
  ADFSSignInLogs: 'signinlogs',
  AuditLogs: 'auditlogs',
  ProvisioningLogs: 'auditlogs',
  RiskyUsers: 'riskdetection',
  UserRiskEvents: 'riskdetection',
  RiskyServicePrincipals: 'riskdetection',
  ServicePrincipalRiskEvents: 'riskdetection',
};

const diagnosticNames = casing(
  'resourceId',
  'operationName',
  'operationVersion',
  'resultType',
  'resultSignature',
  'resultDescription',
  'tenantId',
  'durationMs',
  'callerIpAddress',
  'correlationId',
);

/** Names that Log Analytics' tables have in another case than Graph's, and that differ. */
const tableNames: Readonly<Record<string, string>> = {
  IPAddress: 'ipAddress',
  UserPrincipalName: 'userPrincipalName',
  TimeGenerated: 'createdDateTime',
};

function diagnosticKind(json: JsonRecord): EntraKind | null {
  const kind = lookup(categories, text(json, 'category'));
  if (kind !== undefined && isObject(json['properties'])) return kind;
  const resource = (text(json, 'resourceId') ?? text(json, 'resourceid') ?? '').toLowerCase();
  return resource.endsWith('/providers/microsoft.aadiam') && isObject(json['properties'])
    ? 'auditlogs'
    : null;
}

const tables: Readonly<Record<string, EntraKind>> = {
  SigninLogs: 'signinlogs',
  AADNonInteractiveUserSignInLogs: 'signinlogs',
  AADServicePrincipalSignInLogs: 'signinlogs',
  AADManagedIdentitySignInLogs: 'signinlogs',
  AuditLogs: 'auditlogs',
  AADUserRiskEvents: 'riskdetection',
};

function graphKind(json: JsonRecord): EntraKind | null {
  if (has(json, 'riskEventType') && has(json, 'riskState')) return 'riskdetection';
  if (Object.hasOwn(json, 'activityDisplayName') && Object.hasOwn(json, 'initiatedBy')) return 'auditlogs';
  const signIn = ['appId', 'createdDateTime', 'status'].every((name) => Object.hasOwn(json, name));
  return signIn && (Object.hasOwn(json, 'userPrincipalName') || Object.hasOwn(json, 'servicePrincipalId'))
    ? 'signinlogs'
    : null;
}

export function entraKind(json: JsonRecord): EntraKind | null {
  const table = text(json, 'Type');
  return (
    diagnosticKind(json) ??
    graphKind(json) ??
    (table !== undefined && Object.hasOwn(json, 'TimeGenerated') ? (lookup(tables, table) ?? null) : null)
  );
}

/** A table's row by Graph's names: columns that hold JSON as text are read. */
function rowFacts(json: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      lookup(tableNames, name) ?? name.charAt(0).toLowerCase() + name.slice(1),
      innerJson(value),
    ]),
  );
}

export function entraRecord(json: JsonRecord, kind: EntraKind): EntraRecord {
  const properties = at(json, 'properties');
  if (isObject(properties)) return { kind, json: recased(json, diagnosticNames), facts: properties };
  return { kind, json, facts: Object.hasOwn(json, 'TimeGenerated') ? rowFacts(json) : json };
}

const protocols: Readonly<Record<string, string>> = { deviceCode: 'Device Code', ropc: 'ROPC' };

/** `0` is success; the code of an error otherwise. Undefined when the record has none. */
export function resultOf({ json, facts }: EntraRecord): string | undefined {
  return text(facts, 'status', 'errorCode') ?? text(json, 'resultType') ?? text(json, 'ResultType');
}

function signInAliases(record: EntraRecord): JsonRecord {
  const { json, facts } = record;
  const code = resultOf(record);
  const reason = text(json, 'resultDescription') ?? text(facts, 'status', 'failureReason');
  const device = at(facts, 'deviceDetail');
  const additional = text(facts, 'status', 'additionalDetails');
  const user = text(facts, 'userPrincipalName');
  const place = at(facts, 'location');
  const country = isObject(place) ? text(place, 'countryOrRegion') : text(place);
  return {
    ResultType: code,
    resultType: code,
    ResultDescription: reason,
    Resultdescription: reason,
    Status:
      code === undefined
        ? undefined
        : [code === '0' ? 'Success' : 'Failure', ...(additional ? [additional] : [])],
    AuthenticationRequirement: facts['authenticationRequirement'],
    RiskState: facts['riskState'],
    ResourceDisplayName: facts['resourceDisplayName'],
    conditionalAccessStatus: facts['conditionalAccessStatus'],
    userAgent: facts['userAgent'],
    location: country,
    Location: country,
    NetworkLocationDetails: Array.isArray(facts['networkLocationDetails'])
      ? JSON.stringify(facts['networkLocationDetails'])
      : facts['networkLocationDetails'],
    DeviceDetail: isObject(device) ? { ...device, trusttype: device['trustType'] } : undefined,
    ClientApp: facts['clientAppUsed'],
    Username: user,
    UserPrincipalName: user,
    IPaddress: facts['ipAddress'],
    homeTenantId: facts['homeTenantId'],
    resourceTenantId: facts['resourceTenantId'],
    'properties.message': lookup(protocols, text(facts, 'authenticationProtocol')),
  };
}

function auditAliases({ json, facts }: EntraRecord): JsonRecord {
  const operation =
    text(facts, 'activityDisplayName') ?? text(json, 'operationName') ?? text(json, 'OperationName');
  const category = text(facts, 'category');
  const result = text(facts, 'result');
  const targets = alsoText(facts['targetResources']);
  const by =
    text(facts, 'initiatedBy', 'user', 'userPrincipalName') ??
    text(facts, 'initiatedBy', 'app', 'displayName');
  const properties = modifiedProperties(facts);
  const consent = properties.find((one) => text(one, 'displayName') === 'ConsentContext.IsAdminConsent');
  return {
    OperationName: operation,
    operationName: operation,
    ActivityDisplayName: operation,
    ActivityType: operation,
    activityType: operation,
    'properties.message': operation,
    Category: category,
    category:
      category === undefined || category === json['category'] ? undefined : [json['category'], category],
    LoggedByService: facts['loggedByService'],
    Status: result,
    TargetResources: targets,
    targetResources: facts['targetResources'],
    'TargetResources.modifiedProperties': properties.length === 0 ? undefined : alsoText(properties),
    'properties.initiatedBy': alsoText(facts['initiatedBy']),
    'TargetResources.ModifiedProperties.DisplayName': modified(facts, 'displayName'),
    'TargetResources.ModifiedProperties.NewValue': modified(facts, 'newValue'),
    'properties.targetResources': targets,
    additionalDetails: facts['additionalDetails'],
    failure_status_reason: facts['resultReason'],
    Initiatedby: by,
    'Initiatied.By': by,
    Target: targetNames(facts),
    'additionalDetails.additionalInfo': text(
      list(facts, 'additionalDetails').find((one) => text(one, 'key')?.toLowerCase() === 'additionalinfo'),
      'value',
    ),
    'ConsentContext.IsAdminConsent': text(consent, 'newValue')?.replaceAll('"', '').toLowerCase(),
  };
}

function targetNames(facts: JsonRecord): unknown {
  const names = list(facts, 'targetResources')
    .flatMap((target) => [text(target, 'displayName'), text(target, 'userPrincipalName')])
    .filter((one) => one !== undefined);
  return names.length === 0 ? undefined : names;
}

function modifiedProperties(facts: JsonRecord): readonly unknown[] {
  return list(facts, 'targetResources').flatMap((target) => list(target, 'modifiedProperties'));
}

function modified(facts: JsonRecord, name: string): unknown {
  const found = modifiedProperties(facts)
    .map((one) => text(one, name))
    .filter((one) => one !== undefined);
  return found.length === 0 ? undefined : found;
}

/** The record, with the names that Sigma's rules use for it: they mix those of the portal, of Graph and of tables. */
export function entraNative(record: EntraRecord): JsonRecord {
  const { json, facts, kind } = record;
  const aliases =
    kind === 'signinlogs'
      ? signInAliases(record)
      : kind === 'auditlogs'
        ? auditAliases(record)
        : { riskEventType: facts['riskEventType'] };
  return { ...json, ...defined(aliases) };
}
