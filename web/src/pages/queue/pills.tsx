/** What the list is limited to, and each limit's way out. */
import { IconX } from '@tabler/icons-react';
import { Value } from '../../components/value.tsx';
import { anyFilter, defaultFilter, type Filter, writeFilter } from '../../lib/filter.ts';
import { severityNames, statusNames } from '../../lib/types.ts';
import styles from './list.module.css';

interface Props {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

const ownerWords: Readonly<Record<string, string>> = { me: 'you', none: 'unowned' };

export function Pills({ filter, onFilter }: Props) {
  const isDefault = Object.keys(writeFilter(filter)).length === 0;
  const without = (part: Partial<Filter>) => () => onFilter({ ...filter, ...part });
  return (
    <div className={styles.pills}>
      <Pill
        name="Status"
        words={filter.status.map((status) => statusNames[status].toLowerCase())}
        onClear={without({ status: [] })}
      />
      <Pill
        name="Owner"
        words={filter.owner.map((owner) => ownerWords[owner] ?? 'one person')}
        onClear={without({ owner: [] })}
      />
      <Pill
        name="Severity"
        words={filter.severity.map((severity) => severityNames[severity].toLowerCase())}
        onClear={without({ severity: [] })}
      />
      <Pill name="Text" words={filter.text === '' ? [] : [filter.text]} onClear={without({ text: '' })} />
      <Pill name="Rule" words={filter.rule === '' ? [] : [filter.rule]} onClear={without({ rule: '' })} />
      {isDefault ? null : (
        <button type="button" className="link" onClick={() => onFilter(defaultFilter)}>
          Open, mine or unowned
        </button>
      )}
      {isDefault ? (
        <button type="button" className="link" onClick={() => onFilter(anyFilter)}>
          All alerts
        </button>
      ) : null}
    </div>
  );
}

function Pill({
  name,
  words,
  onClear,
}: {
  readonly name: string;
  readonly words: readonly string[];
  readonly onClear: () => void;
}) {
  if (words.length === 0) return null;
  return (
    <span className={styles.pill}>
      {name}{' '}
      <b className="cut">
        <Value text={words.join(', ')} plain />
      </b>
      <button type="button" aria-label={`Any ${name.toLowerCase()}`} onClick={onClear}>
        <IconX size={12} aria-hidden />
      </button>
    </span>
  );
}
