/** "Also close the N like this": what and how many is said before it is done. */
import { useState } from 'react';
import type { Similar, SimilarScope } from './use-similar.ts';
import { Value } from './value.tsx';
import styles from './verdict.module.css';

interface Props {
  readonly similar: Similar;
  readonly scope: SimilarScope;
  readonly checked: boolean;
  readonly onCheck: (checked: boolean) => void;
  readonly onScope: (scope: SimilarScope) => void;
}

const scopeNames: Readonly<Record<SimilarScope, string>> = {
  rule_entity: 'same rule and entity',
  rule: 'same rule, any entity',
};
const listed = 6;

export function SimilarList({ similar, scope, checked, onCheck, onScope }: Props) {
  const [shown, setShown] = useState(false);
  const { count, targets } = similar;
  const other = scope === 'rule' ? 'rule_entity' : 'rule';
  return (
    <div className={styles.similar}>
      <p>
        <label>
          <input
            type="checkbox"
            className="tick"
            checked={checked}
            onChange={(event) => onCheck(event.target.checked)}
          />
          Also close {count > targets.length ? `the first ${targets.length.toLocaleString('en')} of ` : ''}
          {count.toLocaleString('en')} like this <kbd>l</kbd>
        </label>
        <button type="button" className="link" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {scopeNames[scope]}
        </button>
      </p>
      {shown ? (
        <>
          <ul>
            {similar.items.slice(0, listed).map((item) => (
              <li key={item.id} className="cut">
                <span className="mono">{item.key}</span> <Value text={item.title} plain />{' '}
                <span className="dim">
                  <Value text={item.host} />
                </span>
              </li>
            ))}
            {count > listed ? (
              <li className="dim">and {(count - listed).toLocaleString('en')} more</li>
            ) : null}
          </ul>
          <button
            type="button"
            className="link"
            onClick={() => {
              onScope(other);
              onCheck(false);
            }}
          >
            Take {scopeNames[other]} instead
          </button>
        </>
      ) : null}
    </div>
  );
}
