/** Triage actions for every page: sent, patched into what is shown, undoable; a conflict shows both sides. */
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { client } from '../lib/api.ts';
import { patchSubject, refresh, refreshCounts } from '../lib/cache.ts';
import {
  bulkLimit,
  type Change,
  type Conflict,
  changeable,
  doneText,
  expected,
  send,
  sendAnyway,
  wishText,
} from '../lib/changes.ts';
import { explain } from '../lib/errors.ts';
import { isSubject, nameOf, type Target } from '../lib/subject.ts';
import { showToast } from '../lib/toasts.ts';
import type { BulkReport, Me } from '../lib/types.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { readCurrent, undo } from './reports.ts';
import { useMe } from './session.tsx';

export interface Actions {
  /** True when something was done. What could not be done is shown by itself. */
  readonly apply: (subjects: readonly Target[], change: Change) => Promise<boolean>;
  /** True when the note is stored. */
  readonly comment: (subject: Target, text: string) => Promise<boolean>;
}

const ActionsContext = createContext<Actions | null>(null);

export function useActions(): Actions {
  const actions = use(ActionsContext);
  if (actions === null) throw new Error('useActions outside its provider');
  return actions;
}

export function ActionsProvider({ children }: { readonly children: ReactNode }) {
  const me = useMe();
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const apply = useCallback(
    (subjects: readonly Target[], change: Change) => {
      const fit = changeable(subjects, change).slice(0, bulkLimit);
      if (fit.length === 0) {
        showToast(`Nothing to do: no ${change.kind === 'reopen' ? 'closed' : 'open'} item among them`);
        return Promise.resolve(false);
      }
      return run(fit, change, () => send(fit, change), { me, onConflict: setConflict });
    },
    [me],
  );
  const actions = useMemo(() => ({ apply, comment }), [apply]);
  return (
    <ActionsContext value={actions}>
      {children}
      <ConflictDialog
        conflict={conflict}
        onKeep={() => setConflict(null)}
        onReapply={({ current, change }) => {
          setConflict(null);
          void run([current], change, () => sendAnyway(current, change), { me, onConflict: setConflict });
        }}
      />
    </ActionsContext>
  );
}

interface Surroundings {
  readonly me: Me;
  readonly onConflict: (conflict: Conflict) => void;
}

async function run(
  subjects: readonly Target[],
  change: Change,
  sending: () => Promise<BulkReport>,
  { me, onConflict }: Surroundings,
): Promise<boolean> {
  let report: BulkReport;
  try {
    report = await sending();
  } catch (error) {
    showToast(
      `Could not ${wishText(change)}: ${nameOf(subjects)} ${subjects.length === 1 ? 'is' : 'are'} unchanged. ${explain(error)}`,
      { failed: true },
    );
    return false;
  }
  for (const { kind, id, version } of report.changed)
    patchSubject({ kind, id, version, ...expected(change, me) });
  void refresh(subjects.map(({ id }) => id));
  void refreshCounts();
  const { operation, changed } = report;
  if (changed.length > 0) {
    const asked = subjects.filter(({ id }) => changed.some((item) => item.id === id));
    showToast(
      doneText(asked, change, changed.length - asked.length),
      operation === null ? {} : { undo: () => void undo(operation) },
    );
  }
  await tellUnchanged(subjects, change, report, onConflict);
  return changed.length > 0;
}

async function tellUnchanged(
  subjects: readonly Target[],
  change: Change,
  { unchanged }: BulkReport,
  onConflict: Surroundings['onConflict'],
): Promise<void> {
  const [first] = unchanged;
  if (first === undefined) return;
  const before = subjects.find((subject) => subject.id === first.id);
  if (unchanged.every(({ code }) => code === 'E_UNCHANGED')) {
    showToast(unchanged.length === 1 ? first.reason : `${unchanged.length} of them are so already`);
    return;
  }
  if (unchanged.length > 1 || before === undefined || !isSubject(before)) {
    const names = unchanged.slice(0, 3).map((item) => `${item.key} (${item.reason})`);
    const more = unchanged.length - names.length;
    showToast(`Left as they are: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`, {
      failed: true,
    });
    return;
  }
  try {
    onConflict({ change, before, ...(await readCurrent(first)) });
  } catch (error) {
    showToast(
      `Could not ${wishText(change)}: ${first.key} is unchanged. ${first.reason}. ${explain(error)}`,
      { failed: true },
    );
  }
}

async function comment(subject: Target, text: string): Promise<boolean> {
  try {
    const { version } =
      subject.kind === 'alert'
        ? await client.alerts.comment({ id: subject.id, text })
        : await client.incidents.comment({ id: subject.id, text });
    patchSubject({ kind: subject.kind, id: subject.id, version });
    void refresh([subject.id]);
    return true;
  } catch (error) {
    showToast(
      `Could not store the note on ${subject.key}; your text is still in the box. ${explain(error)}`,
      { failed: true },
    );
    return false;
  }
}
