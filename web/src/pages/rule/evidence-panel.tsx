/** The events that a rule has to match, and those that it must not: run on every text, the one that is being written too. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Bones, Failure } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { client, orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import type { EvidenceOutcome } from '../../lib/types.ts';
import { ExplainTree } from './explain-tree.tsx';
import styles from './panels.module.css';

interface Props {
  readonly id: string;
  readonly source: string | null;
  readonly canManage: boolean;
  readonly onLine: (line: number) => void;
}

const settleMs = 350;

export function EvidencePanel({ id, source, canManage, onLine }: Props) {
  const [asked] = useDebouncedValue(source, settleMs);
  const test = useQuery({
    ...orpc.rules.testEvidence.queryOptions({ input: { id, ...(asked === null ? {} : { source: asked }) } }),
    placeholderData: (previous) => previous,
  });
  const [open, setOpen] = useState<string | null>(null);
  if (test.isPending) return <Bones rows={4} height={40} />;
  if (test.isError)
    return (
      <Failure
        what="The evidence could not be run."
        error={test.error}
        stillTrue="It is kept with the rule."
        onRetry={() => void test.refetch()}
      />
    );
  const { kind, items } = test.data;
  if (kind === 'many')
    return (
      <p className={`dim ${styles.hint}`}>
        Evidence is for rules over single events. This one looks at many: try it on pasted events, or backtest
        it.
      </p>
    );
  if (items.length === 0)
    return (
      <div className={styles.hint}>
        <p>
          No evidence yet. Try the rule on an event (<kbd>t</kbd>), and keep it: one that the rule has to
          match, and one that looks like it and must not. They are run on every change.
        </p>
      </div>
    );
  const failing = items.filter(({ passes }) => !passes).length;
  return (
    <div className={styles.panel} data-stale={test.isPlaceholderData || undefined}>
      <p className={styles.verdict} role="status">
        <b>{failing === 0 ? `All ${items.length} pass` : `${failing} of ${items.length} fail`}</b>{' '}
        <span className="dim">
          {source === null ? 'with the stored text' : 'with the text as it is written'}
        </span>
      </p>
      {(['match', 'miss'] as const).map((expect) => (
        <section key={expect} aria-label={expectNames[expect]}>
          <h3>{expectNames[expect]}</h3>
          <ul className={styles.subjects}>
            {items
              .filter((one) => one.expect === expect)
              .map((one) => (
                <Item
                  key={one.id}
                  item={one}
                  opened={open === one.id || (open === null && !one.passes)}
                  onToggle={() => setOpen(open === one.id ? '' : one.id)}
                  canManage={canManage}
                  onLine={onLine}
                />
              ))}
          </ul>
          {items.every((one) => one.expect !== expect) ? <p className="dim">None yet.</p> : null}
        </section>
      ))}
    </div>
  );
}

const expectNames = { match: 'Has to match', miss: 'Must not match' } as const;

interface ItemProps {
  readonly item: EvidenceOutcome;
  readonly opened: boolean;
  readonly onToggle: () => void;
  readonly canManage: boolean;
  readonly onLine: (line: number) => void;
}

function Item({ item, opened, onToggle, canManage, onLine }: ItemProps) {
  const { why, passes, record, origin, addedBy, addedAt, ruleVersion, explanation, ruleId, id } = item;
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const remove = async () => {
    try {
      await client.rules.removeEvidence({ id: ruleId, evidence: id });
      showToast('Taken out of the evidence');
    } catch (error) {
      showToast(`It stays in the evidence. ${explain(error)}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.rules.testEvidence.key() });
  };
  return (
    <li>
      <button type="button" className={styles.subject} aria-expanded={opened} onClick={onToggle}>
        <b data-outcome={passes ? 'match' : 'unread'}>{passes ? 'Pass' : 'Fail'}</b>
        <span className="cut">
          <Value text={why} plain />
        </span>
      </button>
      {opened ? (
        <div className={styles.why}>
          <p className="dim">
            {origin === 'pack' ? (
              'Came with the rule'
            ) : (
              <>
                Kept by <Value text={addedBy} plain />, <When at={addedAt} /> ago
              </>
            )}
            , at version {ruleVersion}
          </p>
          <ExplainTree explanation={{ ...explanation, ruleId, title: '' }} named={false} onLine={onLine} />
          <pre className={styles.record} tabIndex={0} role="region" aria-label="Record">
            <Value text={record} limit={4_000} />
          </pre>
          {canManage && origin === 'person' ? (
            <button
              type="button"
              className="btn"
              onClick={() => (sure ? void remove() : setSure(true))}
              onBlur={() => setSure(false)}
            >
              {sure ? 'Take it out for good' : 'Take it out'}
            </button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}
