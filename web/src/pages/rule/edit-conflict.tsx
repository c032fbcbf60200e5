/** Somebody saved the rule meanwhile: both texts, and the choice. */

import dialog from '../../app/dialog.module.css';
import { Dialog } from '../../app/dialog.tsx';
import type { RuleDocument } from '../../lib/types.ts';
import { Diff } from './diff.tsx';

interface Props {
  /** As it is now; null without a conflict. */
  readonly rule: RuleDocument | null;
  readonly text: string;
  readonly onKeep: () => void;
  readonly onTheirs: () => void;
  readonly onMine: (version: number) => void;
}

export function EditConflict({ rule, text, onKeep, onTheirs, onMine }: Props) {
  return (
    <Dialog opened={rule !== null} onClose={onKeep} title="The rule was changed meanwhile" size={820}>
      {rule === null ? null : (
        <>
          <p className={dialog.lead}>
            Nothing of yours was written. Lines with − are those that are stored now, lines with + are yours.
          </p>
          <Diff before={rule.source} after={text} beforeName="stored now" afterName="yours" />
          <div className={dialog.buttons}>
            <button type="button" className="btn" onClick={onKeep} data-autofocus>
              Go on editing
            </button>
            <button type="button" className="btn" onClick={onTheirs}>
              Take what is stored
            </button>
            <button type="button" className="btn" data-primary onClick={() => onMine(rule.version)}>
              Save mine over it
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}
