/** The text of a rule while it is changed: editor, what is wrong, why it is changed, and saving. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client, orpc } from '../../lib/api.ts';
import { explain, isConflict } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import type { RuleDocument } from '../../lib/types.ts';
import { EditConflict } from './edit-conflict.tsx';
import { EditorFrame } from './editor-frame.tsx';
import { FailingEvidence, failingEvidence } from './failing-evidence.tsx';
import { useDraft } from './use-draft.ts';

interface Props {
  readonly rule: RuleDocument;
  readonly shown: { readonly line: number } | null;
  readonly onText: (text: string) => void;
  readonly onDone: () => void;
}

/** What holds a save up until somebody decides. */
type Held =
  | { readonly kind: 'conflict'; readonly current: RuleDocument }
  | { readonly kind: 'evidence'; readonly failing: Awaited<ReturnType<typeof failingEvidence>> };

export function EditPane({ rule, shown, onText, onDone }: Props) {
  const queries = useQueryClient();
  const draft = useDraft(rule.id, rule.source, rule.hash);
  const [held, setHeld] = useState<Held | null>(null);
  const [message, setMessage] = useState('');
  useEffect(() => onText(draft.text), [draft.text, onText]);
  const save = async (on: { readonly version: number; readonly anyway?: boolean }) => {
    try {
      const failing = on.anyway === true ? [] : await failingEvidence(rule.id, draft.text);
      if (failing.length > 0) return setHeld({ kind: 'evidence', failing });
      await client.rules.edit({ id: rule.id, version: on.version, source: draft.text, message });
      draft.saved();
      setHeld(null);
      setMessage('');
      showToast(`Saved: ${rule.title}`);
      await queries.invalidateQueries({ queryKey: orpc.rules.key() });
    } catch (error) {
      if (!isConflict(error))
        return showToast(`It was not saved; your text is here. ${explain(error)}`, { failed: true });
      const current = await client.rules.get({ id: rule.id });
      // Only its state was changed meanwhile: the text is the one that was edited.
      if (current.hash === rule.hash && on.version !== current.version)
        return await save({ ...on, version: current.version });
      setHeld({ kind: 'conflict', current });
    }
    return undefined;
  };
  return (
    <>
      <EditorFrame
        id={rule.id}
        draft={draft}
        shown={shown}
        saveName="Save"
        message={message}
        onMessage={setMessage}
        onSave={() => save({ version: rule.version })}
        onDone={onDone}
        note={
          rule.pack === 'local'
            ? null
            : `It came with the pack ${rule.pack}. Saved here, it is yours: updates of the pack leave its text alone, until a load says --overwrite.`
        }
      />
      <EditConflict
        rule={held?.kind === 'conflict' ? held.current : null}
        text={draft.text}
        onKeep={() => setHeld(null)}
        onTheirs={() => {
          draft.discard();
          setHeld(null);
          void queries.invalidateQueries({ queryKey: orpc.rules.key() });
        }}
        onMine={(version) => void save({ version, anyway: true })}
      />
      <FailingEvidence
        failing={held?.kind === 'evidence' ? held.failing : []}
        onKeep={() => setHeld(null)}
        onSave={() => void save({ version: rule.version, anyway: true })}
      />
    </>
  );
}
