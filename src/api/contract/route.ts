/** The one way to declare a route: without its access it does not compile. */
import { oc } from '@orpc/contract';
import type { Access } from '../../model/actor.ts';

export interface RouteMeta {
  readonly access: Access | 'public';
}

export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly summary: string;
  readonly tag: string;
  /** Who may call it. `'public'` is for what must answer before sign-in, and says so in the OpenAPI document. */
  readonly access: Access | 'public';
}

/** Any route may answer a problem (RFC 9457, `problem.ts`) in place of its output. */
export function route(spec: RouteSpec) {
  const open = spec.access === 'public';
  const access = spec.access === 'public' ? 'public' : `${spec.access.resource}:${spec.access.action}`;
  return oc.$meta<RouteMeta>({ access: spec.access }).route({
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    description: `Access: ${access}.`,
    tags: [spec.tag],
    inputStructure: 'compact',
    spec: (operation) => ({ ...operation, ...(open ? { security: [] } : {}), 'x-access': access }),
  });
}
