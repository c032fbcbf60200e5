/** Takes an alert, or gives it back. */
import { IconUserMinus, IconUserPlus } from '@tabler/icons-react';
import { useAlertActions } from '../app/actions.tsx';
import type { Change } from '../lib/changes.ts';
import type { AlertSummary, Me } from '../lib/types.ts';

/** What `a` does: mine is given back, anything else becomes mine. */
export function takeOrGive(alert: AlertSummary, me: Me): Change {
  return alert.ownerId === me.id
    ? { kind: 'assign', owner: null, ownerName: '' }
    : { kind: 'assign', owner: 'me', ownerName: 'you' };
}

export function AssignButton({ alert, me }: { readonly alert: AlertSummary; readonly me: Me }) {
  const { apply } = useAlertActions();
  const isMine = alert.ownerId === me.id;
  const Icon = isMine ? IconUserMinus : IconUserPlus;
  if (alert.status === 'closed') return null;
  return (
    <button type="button" className="btn" onClick={() => void apply(alert, takeOrGive(alert, me))}>
      <Icon size={15} stroke={1.7} aria-hidden />
      {isMine ? 'Unassign' : 'Assign to me'} <kbd>a</kbd>
    </button>
  );
}
