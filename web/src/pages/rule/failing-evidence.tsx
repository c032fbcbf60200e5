/** A save whose evidence fails says so and asks. */
import dialog from '../../app/dialog.module.css';
import { Dialog } from '../../app/dialog.tsx';
import { Value } from '../../components/value.tsx';
import { client } from '../../lib/api.ts';
import type { EvidenceOutcome } from '../../lib/types.ts';

export async function failingEvidence(id: string, source: string): Promise<readonly EvidenceOutcome[]> {
  const { items } = await client.rules.testEvidence({ id, source });
  return items.filter(({ passes }) => !passes);
}

interface Props {
  /** Empty without a question. */
  readonly failing: readonly EvidenceOutcome[];
  readonly onKeep: () => void;
  readonly onSave: () => void;
}

export function FailingEvidence({ failing, onKeep, onSave }: Props) {
  return (
    <Dialog opened={failing.length > 0} onClose={onKeep} title="Its evidence fails">
      <p className={dialog.lead}>Nothing was saved yet. With this text</p>
      <ul className={dialog.list}>
        {failing.map(({ id, expect, why }) => (
          <li key={id}>
            {expect === 'match' ? 'it no longer matches: ' : 'it matches what it must not: '}
            <Value text={why} plain limit={200} />
          </li>
        ))}
      </ul>
      <div className={dialog.buttons}>
        <button type="button" className="btn" onClick={onKeep} data-autofocus>
          Go on editing
        </button>
        <button type="button" className="btn" data-primary onClick={onSave}>
          Save it all the same
        </button>
      </div>
    </Dialog>
  );
}
