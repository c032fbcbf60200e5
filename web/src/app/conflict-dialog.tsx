/** Two people, one item: what you wanted, what it was and is now, who changed it, and the choice. */
import type { Change } from '../lib/changes.ts';
import type { Subject } from '../lib/subject.ts';
import { Dialog, parts } from './dialog.tsx';

export interface Conflict {
  readonly change: Change;
  readonly before: Subject;
  readonly current: Subject;
  /** Null where the service itself changed it. */
  readonly by: string | null;
}

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
