/** The rule as it was when the alert was raised: what it says, who wrote it, its source. */

import { Raw } from '../../components/raw.tsx';
import { Value } from '../../components/value.tsx';
import { RuleCredit } from '../../components/why.tsx';
import type { AlertDetail } from '../../lib/types.ts';
import styles from './alert.module.css';

interface Rule
  extends Pick<
    AlertDetail['rule'],
    'title' | 'author' | 'license' | 'description' | 'source' | 'hash' | 'references' | 'falsepositives'
  > {
  readonly condition?: string;
}

export function RuleText({ rule }: { readonly rule: AlertDetail['rule'] }) {
  return (
    <>
      <div className={styles.rule}>
        <RuleCredit rule={rule} />
        <RuleWords rule={rule} />
      </div>
      <Raw text={rule.source} note={`Sigma source, SHA-256 ${rule.hash}`} />
    </>
  );
}

export function RuleWords({ rule }: { readonly rule: Rule }) {
  return (
    <>
      {rule.description === '' ? null : (
        <p className={styles.description}>
          <Value text={rule.description} plain />
        </p>
      )}
      <Lines name="Known false positives" items={rule.falsepositives} />
      <Lines name="References" items={rule.references} />
    </>
  );
}

function Lines({ name, items }: { readonly name: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h3>{name}</h3>
      <ul>
        {items.map((item) => (
          <li key={item}>
            <Value text={item} plain copy />
          </li>
        ))}
      </ul>
    </>
  );
}
