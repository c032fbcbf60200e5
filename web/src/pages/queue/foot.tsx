/** How many are shown, and the keys that work here. */
import { memo } from 'react';
import { type CommandId, capsOf } from '../../lib/commands.ts';
import type { Filter } from '../../lib/filter.ts';
import styles from './foot.module.css';

interface Props {
  readonly shown: number;
  readonly total: number | undefined;
  readonly exact: boolean;
  readonly filter: Filter;
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

export const Foot = memo(function Foot({ shown, total, exact, filter }: Props) {
  return (
    <div className={styles.foot}>
      <span className="num">{filter.group.length > 0 ? 'Grouped' : countText(shown, total, exact)}</span>
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

function countText(shown: number, total: number | undefined, exact: boolean): string {
  if (total === undefined) return '';
  const all = Math.max(total, shown);
  if (exact && shown === all) return `${all.toLocaleString('en')} ${all === 1 ? 'row' : 'rows'}`;
  return `${shown.toLocaleString('en')} of ${exact ? '' : 'more than '}${all.toLocaleString('en')} rows`;
}
