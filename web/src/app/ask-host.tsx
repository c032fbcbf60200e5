/** Shows the dialog that is asked for. */
import { Suspense, useSyncExternalStore } from 'react';
import { type Ask, currentAsk, endAsk, watchAsk } from '../lib/asks.ts';
import { Dialog } from './dialog.tsx';
import { later } from './later.ts';

export const asks = later(() => import('./asks/asked.tsx'));

export function AskHost() {
  const asked = useSyncExternalStore(watchAsk, currentAsk);
  return (
    <Dialog opened={asked !== null} onClose={endAsk} title={asked === null ? '' : titleOf(asked)}>
      {asked === null ? null : (
        <Suspense fallback={null}>
          <Asked asked={asked} />
        </Suspense>
      )}
    </Dialog>
  );
}

function Asked({ asked }: { readonly asked: Ask }) {
  const { Asked: Form } = asks.read();
  return <Form asked={asked} />;
}

function titleOf(asked: Ask): string {
  switch (asked.type) {
    case 'wait':
      return `Let ${named(asked.subjects)} wait`;
    case 'escalate':
      return `Escalate ${named(asked.subjects)}`;
    case 'assign':
      return `Assign ${named(asked.subjects)}`;
    case 'create':
      return asked.kind === 'alert' ? 'New alert by hand' : 'New incident by hand';
    case 'view':
      return 'Save this view';
    case 'time':
      return 'From … to …';
    case 'facet':
      return `Filter by ${asked.facet}`;
    case 'merge':
      return `Merge into ${asked.incident.key}`;
    case 'rename':
      return `Rename ${asked.incident.key}`;
    case 'exception':
      return 'Add an exception to the rule';
  }
}

function named(subjects: readonly { readonly key: string }[]): string {
  return subjects.length === 1 ? (subjects[0]?.key ?? '') : `${subjects.length} items`;
}
