/** What the lines of an incident, a lone alert and an alert in an incident share. */
import { IconArrowBigUp, IconCheck } from '@tabler/icons-react';
import type { MouseEvent, ReactNode } from 'react';
import { QueueValue } from '../../components/queue-value.tsx';
import { attackTags } from '../../lib/attack.ts';
import { withKey } from '../../lib/commands.ts';
import type { Subject } from '../../lib/subject.ts';
import styles from './list.module.css';
import type { RowActions } from './row-actions.ts';

export interface LineProps {
  readonly index: number;
  readonly itemKey: string;
  readonly marked: boolean;
  /** Shown in the drawer. */
  readonly shown: boolean;
  /** The one row that Tab reaches. */
  readonly current: boolean;
  readonly canTriage: boolean;
  readonly act: RowActions;
}

interface FrameProps extends LineProps {
  readonly subject: Subject;
  readonly done: boolean;
  readonly kind: 'incident' | 'alert' | 'member';
  /** Set in, below a group. */
  readonly nested?: boolean;
  /** The last one of its incident. */
  readonly last?: boolean;
  readonly children: ReactNode;
}

/** The line itself, with its mark before and its acts after what it shows. */
export function RowFrame(props: FrameProps) {
  const { subject, itemKey, marked, shown, kind, act } = props;
  const isMember = kind === 'member';
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={marked || shown}
      tabIndex={props.current ? 0 : -1}
      data-key={itemKey}
      data-done={props.done || undefined}
      data-shown={shown || undefined}
      data-marked={marked || undefined}
      data-tall={kind === 'incident' || undefined}
      data-nested={props.nested || undefined}
      data-last={props.last || undefined}
      className={isMember ? `${styles.row} ${styles.member}` : styles.row}
      onClick={(event) => act.click(itemKey, event)}
      onDoubleClick={() => act.openPage(itemKey)}
    >
      <MarkCell itemKey={itemKey} name={subject.key} marked={marked} act={act} />
      {props.children}
      {props.canTriage && subject.status !== 'closed' ? (
        <InRow subject={subject} icon={isMember ? 15 : 16} act={act} />
      ) : null}
    </div>
  );
}

export function stop(event: MouseEvent, then: () => void): void {
  event.stopPropagation();
  then();
}

function MarkCell({
  itemKey,
  name,
  marked,
  act,
}: {
  readonly itemKey: string;
  readonly name: string;
  readonly marked: boolean;
  readonly act: RowActions;
}) {
  return (
    <div role="gridcell" className={styles.mark}>
      <input
        type="checkbox"
        className="tick"
        tabIndex={-1}
        checked={marked}
        aria-label={`Select ${name}`}
        title={withKey('Select', 'select')}
        onChange={() => undefined}
        onClick={(event) => stop(event, () => act.mark(itemKey, event.shiftKey))}
        onDoubleClick={(event) => event.stopPropagation()}
      />
    </div>
  );
}

export function AttackCell({
  tags,
  single = false,
}: {
  readonly tags: readonly string[];
  readonly single?: boolean;
}) {
  const { techniques, tactics } = attackTags(tags);
  const [first, ...more] = techniques;
  const title = [...techniques, ...tactics].join(', ');
  return (
    <div role="gridcell" className={styles.attack} title={title}>
      <p className="cut">
        {first === undefined ? null : (
          <QueueValue inRow facet="tag" id={`attack.${first.toLowerCase()}`} name={first} />
        )}
        {more.length > 0 ? <span className={styles.times}>+{more.length}</span> : null}
      </p>
      {single ? null : <p className={`cut ${styles.second}`}>{tactics[0] ?? ''}</p>}
    </div>
  );
}

function InRow({
  subject,
  icon,
  act,
}: {
  readonly subject: Subject;
  readonly icon: number;
  readonly act: RowActions;
}) {
  return (
    <div role="gridcell" className={styles.inRow}>
      {subject.status === 'new' ? (
        <button
          type="button"
          className="btn"
          data-icon
          tabIndex={-1}
          aria-label={`Acknowledge ${subject.key}`}
          title={withKey('Acknowledge: seen, in triage', 'acknowledge')}
          onClick={(event) => stop(event, () => act.acknowledge(subject))}
        >
          <IconCheck size={icon} stroke={1.7} aria-hidden />
        </button>
      ) : null}
      <button
        type="button"
        className="btn"
        data-icon
        tabIndex={-1}
        aria-label={`Escalate ${subject.key}`}
        title={withKey('Escalate: make an incident, hand over', 'escalate')}
        onClick={(event) => stop(event, () => act.escalate(subject))}
      >
        <IconArrowBigUp size={icon} stroke={1.7} aria-hidden />
      </button>
    </div>
  );
}
