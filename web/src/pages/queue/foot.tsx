/** How many are shown, and the keys that work here. */
import { memo } from 'react';
import { type CommandId, capsOf } from '../../lib/commands.ts';
import styles from './foot.module.css';

interface Props {
  readonly shown: number;
  readonly total: number | undefined;
  readonly exact: boolean;
  /** Null where rows are not grouped. */
  readonly groups: number | null;
}

const hints: readonly { readonly ids: readonly CommandId[]; readonly name: string }[] = [
  { ids: ['next', 'previous'], name: 'move' },
  { ids: ['drawer'], name: 'drawer' },
  { ids: ['open'], name: 'open' },
  { ids: ['select'], name: 'select' },
  { ids: ['assign'], name: 'assign' },
  { ids: ['close'], name: 'close' },
  { ids: ['palette'], name: 'commands' },
  { ids: ['help'], name: 'all keys' },
];

export const Foot = memo(function Foot({ shown, total, exact, groups }: Props) {
  return (
    <div className={styles.foot}>
      <span className="num">{groups === null ? countText(shown, total, exact) : groupText(groups)}</span>
      <span className={styles.keys}>
        {hints.map(({ ids, name }) => (
          <span key={name}>
            {ids
              .flatMap((id) => capsOf(id))
              .map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}{' '}
            {name}
          </span>
        ))}
      </span>
    </div>
  );
});

function groupText(groups: number): string {
  return groups === 1 ? '1 group' : `${groups.toLocaleString('en')} groups`;
}

function countText(shown: number, total: number | undefined, exact: boolean): string {
  if (total === undefined) return '';
  const all = Math.max(total, shown);
  if (exact && shown === all) return `${all.toLocaleString('en')} ${all === 1 ? 'row' : 'rows'}`;
  return `${shown.toLocaleString('en')} of ${exact ? '' : 'more than '}${all.toLocaleString('en')} rows`;
}
