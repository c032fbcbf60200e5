/** Who may do what: one table of roles, resources and actions. */
import type { Access, Action, Actor, Resource, Role } from '../../model/actor.ts';
import { actions } from '../../model/actor.ts';

type Grants = Readonly<Partial<Record<Resource, readonly Action[]>>>;

/** One's own session: to see who one is and to leave. */
const ownSession: Grants = { session: ['read', 'delete'] };

/** What a role may do; what is not written here is refused. */
export const grants: Readonly<Record<Role, Grants>> = {
  admin: {
    alert: actions,
    event: actions,
    rule: actions,
    asset: actions,
    source: actions,
    intake: actions,
    audit: actions,
    system: actions,
    session: actions,
  },
  engineer: {
    ...ownSession,
    alert: ['read', 'update'],
    event: ['read'],
    rule: ['read', 'create', 'update', 'delete', 'manage'],
    asset: ['read', 'create', 'update', 'delete', 'manage'],
    source: ['read', 'create', 'update', 'delete', 'manage'],
    intake: ['create'],
    system: ['read'],
  },
  analyst: {
    ...ownSession,
    alert: ['read', 'create', 'update'],
    event: ['read'],
    rule: ['read'],
    asset: ['read'],
    source: ['read'],
  },
  viewer: {
    ...ownSession,
    alert: ['read'],
    event: ['read'],
    rule: ['read'],
    asset: ['read'],
    source: ['read'],
  },
  source: { intake: ['create'] },
};

/** One role that grants it is enough. */
export function allowed(actor: Pick<Actor, 'roles'>, access: Access): boolean {
  return actor.roles.some((role) => grants[role][access.resource]?.includes(access.action) === true);
}
