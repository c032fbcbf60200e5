/** Two people, one item: what you wanted, what it was and is now, who changed it, and the choice. */
import type { Conflict } from '../lib/changes.ts';
import { Dialog, parts } from './dialog.tsx';

interface Props {
  readonly conflict: Conflict | null;
  readonly onKeep: () => void;
  readonly onReapply: (conflict: Conflict) => void;
}

export function ConflictDialog({ conflict, onKeep, onReapply }: Props) {
  return (
    <Dialog
      opened={conflict !== null}
      onClose={onKeep}
      title={conflict === null ? '' : `${conflict.current.key} has changed meanwhile`}
    >
      {conflict === null ? null : <Inside conflict={conflict} onKeep={onKeep} onReapply={onReapply} />}
    </Dialog>
  );
}

function Inside(props: Props & { readonly conflict: Conflict }) {
  const { Sides } = parts.read();
  return <Sides {...props} />;
}
