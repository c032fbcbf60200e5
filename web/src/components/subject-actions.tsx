/** What can be done with an alert or incident, beside closing it. */
import { IconArrowBigUp, IconCheck, IconDots, IconUserMinus, IconUserPlus } from '@tabler/icons-react';
import { useActions } from '../app/actions.tsx';
import { useCanManageRules, useMe } from '../app/session.tsx';
import { ask } from '../lib/asks.ts';
import { takeOrGive } from '../lib/changes.ts';
import { capsOf } from '../lib/commands.ts';
import { copyTicket } from '../lib/copy-ticket.ts';
import { type MenuItem, showMenu } from '../lib/menus.ts';
import { exceptable, type Subject } from '../lib/subject.ts';
import styles from './notes.module.css';

interface Props {
  readonly subjects: readonly Subject[];
  /** Of the page, after those that everything has. */
  readonly more?: readonly MenuItem[];
}

export function SubjectActions({ subjects, more = [] }: Props) {
  const me = useMe();
  const { apply } = useActions();
  const canManageRules = useCanManageRules();
  const isMine = subjects.every((subject) => subject.ownerId === me.id);
  const isClosed = subjects.every((subject) => subject.status === 'closed');
  const isNew = subjects.some((subject) => subject.status === 'new');
  const TakeIcon = isMine ? IconUserMinus : IconUserPlus;
  return (
    <div className={styles.actions}>
      {isClosed ? null : (
        <>
          <button type="button" className="btn" onClick={() => ask({ type: 'escalate', subjects })}>
            <IconArrowBigUp size={15} stroke={1.7} aria-hidden /> Escalate <kbd>{capsOf('escalate')[0]}</kbd>
          </button>
          <button
            type="button"
            className="btn"
            onClick={() => void apply(subjects, takeOrGive(subjects, me))}
          >
            <TakeIcon size={15} stroke={1.7} aria-hidden /> {isMine ? 'Unassign' : 'Assign'}{' '}
            <kbd>{capsOf('assign')[0]}</kbd>
          </button>
          {isNew ? (
            <button
              type="button"
              className="btn"
              onClick={() => void apply(subjects, { kind: 'acknowledge' })}
            >
              <IconCheck size={15} stroke={1.7} aria-hidden /> Seen <kbd>{capsOf('acknowledge')[0]}</kbd>
            </button>
          ) : null}
        </>
      )}
      <button
        type="button"
        className="btn"
        data-icon
        aria-label="More actions"
        title="More actions"
        aria-haspopup="menu"
        onClick={(event) =>
          showMenu(event.currentTarget, 'More actions', [
            ...menuItems(subjects, isClosed),
            ...(canManageRules ? exceptionItems(subjects) : []),
            ...more,
          ])
        }
      >
        <IconDots size={17} aria-hidden />
      </button>
    </div>
  );
}

function exceptionItems([first, second]: readonly Subject[]): readonly MenuItem[] {
  const alertKey = second === undefined ? exceptable(first) : undefined;
  if (alertKey === undefined) return [];
  const act = () => ask({ type: 'exception', alertKey, field: null });
  return [{ label: 'Add an exception to its rule', caps: capsOf('except'), apart: true, act }];
}

function menuItems(subjects: readonly Subject[], isClosed: boolean): readonly MenuItem[] {
  const [first] = subjects;
  return [
    ...(isClosed
      ? []
      : [
          {
            label: 'Assign to somebody',
            caps: capsOf('assignTo'),
            act: () => ask({ type: 'assign', subjects }),
          },
          { label: 'Wait for something', caps: capsOf('wait'), act: () => ask({ type: 'wait', subjects }) },
        ]),
    ...(first === undefined
      ? []
      : [{ label: 'Copy as ticket text', caps: capsOf('copy'), act: () => void copyTicket(first) }]),
  ];
}
