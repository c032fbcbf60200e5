/** Triage actions for every page: sent, patched into what is shown, undoable; a conflict shows both sides. */
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { client } from '../lib/api.ts';
import { patchAlerts } from '../lib/cache.ts';
import { type Change, doneText, inverse, send, sendAnyway, wishText } from '../lib/changes.ts';
import { explain, isConflict } from '../lib/errors.ts';
import { showToast } from '../lib/toasts.ts';
import type { AlertSummary } from '../lib/types.ts';
import { type Conflict, ConflictDialog } from './conflict-dialog.tsx';

export interface AlertActions {
  /** True when it was done. A failure is shown by itself. */
  readonly apply: (alert: AlertSummary, change: Change) => Promise<boolean>;
  /** True when the comment is stored. */
  readonly comment: (alert: AlertSummary, text: string) => Promise<boolean>;
}

const ActionsContext = createContext<AlertActions | null>(null);

export function useAlertActions(): AlertActions {
  const actions = use(ActionsContext);
  if (actions === null) throw new Error('useAlertActions outside its provider');
  return actions;
}

export function ActionsProvider({ children }: { readonly children: ReactNode }) {
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const apply = useCallback(
    (alert: AlertSummary, change: Change) => finish(alert, change, send, setConflict),
    [],
  );
  const actions = useMemo(() => ({ apply, comment: addComment }), [apply]);
  return (
    <ActionsContext value={actions}>
      {children}
      <ConflictDialog
        conflict={conflict}
        onKeep={() => setConflict(null)}
        onReapply={(wanted) => {
          setConflict(null);
          void finish(wanted.current, wanted.change, sendAnyway, setConflict);
        }}
      />
    </ActionsContext>
  );
}

type OnConflict = (conflict: Conflict) => void;

async function finish(
  alert: AlertSummary,
  change: Change,
  how: typeof send,
  onConflict: OnConflict,
): Promise<boolean> {
  try {
    const changed = await how(alert, change);
    patchAlerts([changed]);
    const back = inverse(alert, change);
    showToast(
      doneText(alert.key, change),
      back === null ? {} : { undo: () => void finish(changed, back, send, onConflict) },
    );
    return true;
  } catch (error) {
    await explainFailure(alert, change, error, onConflict);
    return false;
  }
}

async function explainFailure(
  alert: AlertSummary,
  change: Change,
  error: unknown,
  onConflict: OnConflict,
): Promise<void> {
  const failed = `Could not ${wishText(change)}: ${alert.key} is unchanged.`;
  if (!isConflict(error)) {
    showToast(`${failed} ${explain(error)}`, { failed: true });
    return;
  }
  try {
    const current = await client.alerts.get({ id: alert.id });
    patchAlerts([current]);
    onConflict({ change, before: alert, current });
  } catch (readError) {
    showToast(`${failed} Somebody changed it meanwhile. ${explain(readError)}`, { failed: true });
  }
}

async function addComment(alert: AlertSummary, text: string): Promise<boolean> {
  try {
    patchAlerts([await client.alerts.comment({ id: alert.id, text })]);
    return true;
  } catch (error) {
    showToast(`Could not store the note on ${alert.key}; your text is still in the box. ${explain(error)}`, {
      failed: true,
    });
    return false;
  }
}
