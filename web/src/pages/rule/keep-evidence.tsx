/** Keeps a tried event with the rule, as one that it has to match or must not; one click each. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client, orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import type { TrySubject } from '../../lib/types.ts';
import styles from './panels.module.css';

export function KeepEvidence({ id, subject }: { readonly id: string; readonly subject: TrySubject }) {
  const queries = useQueryClient();
  const [why, setWhy] = useState('');
  const [kept, setKept] = useState(false);
  const keep = async (expect: 'match' | 'miss') => {
    const event = subject.eventId === null ? { record: subject.raw } : { eventId: subject.eventId };
    const words =
      why.trim() === '' ? (expect === 'match' ? 'It has to match this' : 'It must not match this') : why;
    try {
      await client.rules.addEvidence({ id, expect, why: words, ...event });
      setKept(true);
      showToast(expect === 'match' ? 'Kept: has to match' : 'Kept: must not match');
    } catch (error) {
      showToast(`It was not kept. ${explain(error)}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.rules.testEvidence.key() });
  };
  if (kept) return <p className="dim">Kept as evidence.</p>;
  return (
    <p className={styles.line}>
      <input
        className="field"
        aria-label="Why it is evidence"
        placeholder="Keep as evidence: in what does it differ?"
        maxLength={500}
        value={why}
        onChange={(event) => setWhy(event.target.value)}
      />
      <button type="button" className="btn" onClick={() => void keep('match')}>
        Has to match
      </button>
      <button type="button" className="btn" onClick={() => void keep('miss')}>
        Must not
      </button>
    </p>
  );
}
