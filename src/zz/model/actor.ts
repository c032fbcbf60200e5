/** Who asks, and what they may: every command and query carries an actor. */
import type { TenantId } from './ids.ts';

export const roles = ['admin', 'engineer', 'analyst', 'viewer', 'source'] as const;
export type Role = (typeof roles)[number];

export interface Actor {
  readonly kind: 'person' | 'service' | 'source' | 'system';
  /** Identity id: UUIDv7 for people and services, the source's name for a source. */
  readonly id: string;
  /** Shown in history and audit. */
  readonly name: string;
  readonly tenant: TenantId;
  readonly roles: readonly Role[];
}

export const resources = [
  'alert',
  'event',
  'rule',
  'asset',
  'source',
  'intake',
  'audit',
  'system',
  'session',
] as const;
export type Resource = (typeof resources)[number];
export const actions = ['read', 'create', 'update', 'delete', 'manage'] as const;
export type Action = (typeof actions)[number];

/** What a route asks for. Every route states one. */
export interface Access {
  readonly action: Action;
  readonly resource: Resource;
}

/**
 * What an actor may see. Every list query takes it, so that counts, exports and streams obey it too.
 * Today the tenant is the whole of it.
 */
export interface Scope {
  readonly tenant: TenantId;
}
