/** Branded identifiers, so that one kind can't be passed for another. */

declare const brand: unique symbol;
export type Branded<T, B extends string> = T & { readonly [brand]: B };

/** Tenant name; `main` is the default one. First in every key. */
export type TenantId = Branded<string, 'TenantId'>;
/** Where bytes come from; a short stable name chosen by a person (`import`, `dc-01`). */
export type SourceId = Branded<string, 'SourceId'>;
/** 32 hex digits: hash of the event's identity (ADR 1). */
export type EventId = Branded<string, 'EventId'>;
/** 32 hex digits: hash of a RecordContext. */
export type ContextId = Branded<string, 'ContextId'>;
/** 32 hex digits: hash of tenant, rule id, rule hash and event id. */
export type DetectionId = Branded<string, 'DetectionId'>;
/** UUIDv7. */
export type AlertId = Branded<string, 'AlertId'>;
/** UUIDv7. */
export type IncidentId = Branded<string, 'IncidentId'>;
/** Sigma rule id (UUID as written in the rule, lower case). */
export type RuleId = Branded<string, 'RuleId'>;

export const mainTenant = 'main' as TenantId;
