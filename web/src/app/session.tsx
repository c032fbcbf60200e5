/** Who is working here, and what they may do. */
import { createContext, use } from 'react';
import type { Me } from '../lib/types.ts';

export const SessionContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = use(SessionContext);
  if (me === null) throw new Error('useMe outside a session');
  return me;
}

/** May change alerts. */
export function useCanTriage(): boolean {
  return useMe().roles.some((role) => role === 'admin' || role === 'engineer' || role === 'analyst');
}

/** May turn rules on and off. */
export function useCanManageRules(): boolean {
  return useMe().roles.some((role) => role === 'admin' || role === 'engineer');
}
