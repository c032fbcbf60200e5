/** Rows that have values in common: how many, how bad, and what can be done with all of them. */
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { withKey } from '../../lib/commands.ts';
import type { GroupField } from '../../lib/filter.ts';
import { type QueueGroup, type Severity, severities, severityNames, statusNames } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';
import styles from './list.module.css';
import { stop } from './row-parts.tsx';

interface Props {
  readonly group: QueueGroup;
  readonly itemKey: string;
  readonly index: number;
  readonly open: boolean;
  readonly current: boolean;
  readonly onFold: (key: string) => void;
  readonly onFocus: (key: string) => void;
  readonly onMenu: (anchor: HTMLElement, group: QueueGroup) => void;
}

export const GroupRow = memo(function GroupRow(props: Props) {
  const { group, itemKey, index, open, current } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      tabIndex={current ? 0 : -1}
      data-key={itemKey}
      className={`${styles.row} ${styles.group}`}
      onClick={() => {
        props.onFocus(itemKey);
        props.onFold(itemKey);
      }}
    >
      <div role="gridcell" className={styles.fold}>
        <button
          type="button"
          className={styles.foldButton}
          tabIndex={-1}
          aria-expanded={open}
          aria-label={open ? 'Hide its rows' : 'Show its rows'}
          title={withKey(open ? 'Hide its rows' : 'Show its rows', 'expand')}
          onClick={(event) => stop(event, () => props.onFold(itemKey))}
        >
          {open ? <IconChevronDown size={15} aria-hidden /> : <IconChevronRight size={15} aria-hidden />}
        </button>
      </div>
      <div role="gridcell" className={`num ${styles.priority}`} title="Highest priority in it">
        {group.priority}
      </div>
      <div
        role="gridcell"
        className={`cut ${styles.values}`}
        title={group.values
          .map(({ field, value, label }) => `${field} ${nameOf(field, value, label)}`)
          .join(', ')}
      >
        {group.values.map(({ field, value, label }) => (
          <span key={field}>
            <span className="dim">{field}</span> <GroupValue field={field} value={value} label={label} />
          </span>
        ))}
      </div>
      <div role="gridcell" className={styles.tally}>
        {severities.map((severity) => (
          <Tally key={severity} severity={severity} count={group.severity[severity]} />
        ))}
      </div>
      <div role="gridcell" className={`num cut ${styles.extent}`}>
        <b>{group.rows.toLocaleString('en')}</b> {group.rows === 1 ? 'row' : 'rows'}
        <span className="dim">
          {' '}
          · {atLeast(group, group.hosts)} {group.hosts === 1 && group.whole ? 'host' : 'hosts'},{' '}
          {atLeast(group, group.users)} {group.users === 1 && group.whole ? 'user' : 'users'} ·{' '}
          <When at={group.lastEventAt} />
        </span>
      </div>
      <div role="gridcell">
        <button
          type="button"
          className={`btn ${styles.groupMenu}`}
          tabIndex={-1}
          aria-haspopup="menu"
          onClick={(event) => stop(event, () => props.onMenu(event.currentTarget, group))}
        >
          Actions
        </button>
      </div>
    </div>
  );
});

/** Of more rows than can be looked at in time only the least is known. */
function atLeast({ whole }: QueueGroup, count: number): string {
  return `${count.toLocaleString('en')}${whole ? '' : '+'}`;
}

function GroupValue({
  field,
  value,
  label,
}: {
  readonly field: GroupField;
  readonly value: string;
  readonly label: string;
}) {
  if (value === '') return <b>none</b>;
  return (
    <b>
      <Value text={groupLabel(field, value, label)} plain={field !== 'host' && field !== 'user'} />
    </b>
  );
}

function nameOf(field: GroupField, value: string, label: string): string {
  return value === '' ? 'none' : visibleText(groupLabel(field, value, label));
}

function groupLabel(field: GroupField, value: string, label: string): string {
  if (field === 'severity') return severityNames[value as Severity] ?? label;
  if (field === 'status') return statusNames[value as keyof typeof statusNames] ?? label;
  return label;
}

function Tally({ severity, count }: { readonly severity: Severity; readonly count: number | undefined }) {
  if (count === undefined || count === 0) return null;
  return (
    <span title={severityNames[severity]}>
      <SeverityMark severity={severity} size={12} />
      <span className="num">{count.toLocaleString('en')}</span>
    </span>
  );
}
