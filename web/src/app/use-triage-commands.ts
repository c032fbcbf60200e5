/** What can be done with alerts and incidents by key, the same on every page. */
import { ask } from '../lib/asks.ts';
import { takeOrGive } from '../lib/changes.ts';
import { copyTicket } from '../lib/copy-ticket.ts';
import { exceptable, type Subject } from '../lib/subject.ts';
import { useActions } from './actions.tsx';
import { useCanManageRules, useCanTriage, useMe } from './session.tsx';
import { useCommands } from './use-keys.ts';

interface Ways {
  /** What a new incident is made of. */
  readonly picked?: readonly Subject[];
  readonly onArm: () => void;
  readonly onNote: () => void;
}

export function useTriageCommands(subjects: readonly Subject[], { picked, onArm, onNote }: Ways): void {
  const me = useMe();
  const { apply } = useActions();
  const [first] = subjects;
  const open = subjects.some((subject) => subject.status !== 'closed');
  const only = subjects.length === 1 ? exceptable(first) : undefined;
  useCommands(1, { copy: first === undefined ? undefined : () => void copyTicket(first) });
  useCommands(
    1,
    {
      except: only === undefined ? undefined : () => ask({ type: 'exception', alertKey: only, field: null }),
    },
    { on: useCanManageRules() },
  );
  useCommands(
    1,
    {
      assign: open ? () => void apply(subjects, takeOrGive(subjects, me)) : undefined,
      assignTo: open ? () => ask({ type: 'assign', subjects }) : undefined,
      acknowledge: subjects.some((subject) => subject.status === 'new')
        ? () => void apply(subjects, { kind: 'acknowledge' })
        : undefined,
      escalate: open ? () => ask({ type: 'escalate', subjects }) : undefined,
      wait: open ? () => ask({ type: 'wait', subjects }) : undefined,
      close: open ? onArm : undefined,
      reopen: first !== undefined && !open ? () => void apply(subjects, { kind: 'reopen' }) : undefined,
      note: subjects.length === 1 ? onNote : undefined,
      newAlert: () => ask({ type: 'create', kind: 'alert', alerts: [] }),
      newIncident: () =>
        ask({
          type: 'create',
          kind: 'incident',
          alerts: (picked ?? []).filter(({ kind }) => kind === 'alert'),
        }),
    },
    { on: useCanTriage() },
  );
}
