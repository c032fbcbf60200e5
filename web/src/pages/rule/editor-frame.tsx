/** The editor with its head, what is wrong below it, and the line that saves. */
import { lazy, Suspense, useState } from 'react';
import { useCommands } from '../../app/use-keys.ts';
import { Bones } from '../../components/failure.tsx';
import { When } from '../../components/when.tsx';
import { withKey } from '../../lib/commands.ts';
import { part } from '../../lib/part.ts';
import { Findings } from './findings.tsx';
import styles from './rule.module.css';
import { type DraftState, findingsOf, useCheck, useWords } from './use-draft.ts';

const loadEditor = part(() => import('./editor/code-editor.tsx'));
const CodeEditor = lazy(() => loadEditor().then(({ CodeEditor: component }) => ({ default: component })));

interface Props {
  /** Null for a rule that is not there yet. */
  readonly id: string | null;
  readonly draft: DraftState;
  readonly shown: { readonly line: number } | null;
  readonly saveName: string;
  readonly message: string;
  readonly onMessage: (message: string) => void;
  readonly onSave: () => Promise<void>;
  readonly onDone: () => void;
  /** What saving means, where that is not plain. */
  readonly note: string | null;
}

export function EditorFrame({ id, draft, shown, saveName, message, onMessage, onSave, onDone, note }: Props) {
  const state = useCheck(id, draft.text);
  const words = useWords(draft.text);
  const [line, setLine] = useState<{ readonly line: number } | null>(null);
  const [busy, setBusy] = useState(false);
  const findings = findingsOf(state);
  const broken = state.settled && findings.some(({ severity }) => severity === 'error');
  const canSave = !busy && !broken && (draft.dirty || id === null);
  const save = () => {
    if (!canSave) return;
    setBusy(true);
    void onSave().finally(() => setBusy(false));
  };
  useCommands(1, { saveRule: save });
  return (
    <section className={styles.edit} aria-label="Editor">
      <header>
        <h2>Sigma source</h2>
        <span className="dim" role="status">
          {draft.dirty ? 'not saved' : id === null ? 'new' : 'no change'}
        </span>
        <span className="dim" id="rule-editor-keys">
          <kbd>Tab</kbd> indents; <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves
        </span>
      </header>
      {draft.foundAt === null ? null : (
        <p className={styles.notice}>
          This is text of yours from <When at={new Date(draft.foundAt).toISOString()} /> ago that was not
          saved.{' '}
          <button type="button" className="link" onClick={draft.discard}>
            Throw it away
          </button>
        </p>
      )}
      {draft.stale ? (
        <p className={styles.notice}>The rule was changed since you began: saving will show both.</p>
      ) : null}
      <div className={styles.code}>
        <Suspense fallback={<Bones rows={10} height={24} />}>
          <CodeEditor
            value={draft.text}
            findings={findings}
            words={words}
            shown={line ?? shown}
            onChange={draft.set}
            onSave={save}
          />
        </Suspense>
      </div>
      <Findings state={state} onLine={(to) => setLine({ line: to })} />
      <form
        className={styles.save}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input
          className="field"
          aria-label="Why it is changed"
          placeholder="Why it is changed, for the list of versions"
          maxLength={500}
          value={message}
          onChange={(event) => onMessage(event.target.value)}
        />
        <button type="button" className="btn" onClick={onDone}>
          Close
        </button>
        <button
          type="submit"
          className="btn"
          data-primary
          disabled={!canSave}
          title={withKey(saveName, 'saveRule')}
        >
          {saveName} <kbd aria-hidden>Ctrl S</kbd>
        </button>
        {note === null ? null : <p className="dim">{note}</p>}
      </form>
    </section>
  );
}
