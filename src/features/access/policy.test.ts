import { describe, expect, test } from 'vitest';
import type { Action, Resource, Role } from '../../model/actor.ts';
import { actions, resources, roles } from '../../model/actor.ts';
import { allowed } from './policy.ts';

/** Written by hand and apart from the table under test: r read, c create, u update, d delete, m manage. */
const expected: Record<Role, { why: string; may: Record<Resource, string> }> = {
  admin: {
    why: 'an admin may do everything',
    may: {
      alert: 'rcudm',
      event: 'rcudm',
      rule: 'rcudm',
      asset: 'rcudm',
      source: 'rcudm',
      intake: 'rcudm',
      audit: 'rcudm',
      system: 'rcudm',
      session: 'rcudm',
    },
  },
  engineer: {
    why: 'an engineer looks after rules and sources, helps with alerts and never reads the audit log',
    may: {
      alert: 'ru',
      event: 'r',
      rule: 'rcudm',
      asset: 'rcudm',
      source: 'rcudm',
      intake: 'c',
      audit: '',
      system: 'r',
      session: 'rd',
    },
  },
  analyst: {
    why: 'an analyst works on alerts and reads what they rest on',
    may: {
      alert: 'rcu',
      event: 'r',
      rule: 'r',
      asset: 'r',
      source: 'r',
      intake: '',
      audit: '',
      system: '',
      session: 'rd',
    },
  },
  viewer: {
    why: 'a viewer changes nothing but their own session',
    may: {
      alert: 'r',
      event: 'r',
      rule: 'r',
      asset: 'r',
      source: 'r',
      intake: '',
      audit: '',
      system: '',
      session: 'rd',
    },
  },
  source: {
    why: 'a stolen source token can send and do nothing else',
    may: {
      alert: '',
      event: '',
      rule: '',
      asset: '',
      source: '',
      intake: 'c',
      audit: '',
      system: '',
      session: '',
    },
  },
};

const letter: Record<Action, string> = { read: 'r', create: 'c', update: 'u', delete: 'd', manage: 'm' };

describe('policy', () => {
  test.each(roles.map((role) => ({ role, ...expected[role] })))('$role: $why', ({ role, may }) => {
    for (const resource of resources) {
      const granted = actions.filter((action) => allowed({ roles: [role] }, { action, resource }));
      expect(granted.map((action) => letter[action]).join(''), `${role} on ${resource}`).toBe(may[resource]);
    }
  });

  test('someone without a role may do nothing', () => {
    for (const resource of resources) {
      for (const action of actions) expect(allowed({ roles: [] }, { action, resource })).toBe(false);
    }
  });

  test('two roles add up, because a person may be both', () => {
    const both = { roles: ['viewer', 'engineer'] as const };
    expect(allowed(both, { action: 'manage', resource: 'rule' })).toBe(true);
    expect(allowed(both, { action: 'manage', resource: 'system' })).toBe(false);
  });
});
