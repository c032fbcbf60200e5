/** What is under the cursor, beside the list: enough to decide, most important first. */
import { IconArrowsDiagonal, IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { IconButton } from '../../components/icon-button.tsx';
import { Presence } from '../../components/presence.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { withKey } from '../../lib/commands.ts';
import { kindOfKey, type Subject } from '../../lib/subject.ts';
import { severityNames } from '../../lib/types.ts';
import { AlertDrawer } from './alert-drawer.tsx';
import styles from './drawer.module.css';
import type { DrawerProps } from './drawer-props.ts';
import { IncidentDrawer } from './incident-drawer.tsx';
import { type Item, subjectOf } from './items.ts';

interface Props extends Omit<DrawerProps, 'subject'> {
  readonly items: readonly Item[];
  /** Of what the list has no line of. */
  readonly unlisted: Subject | null;
  readonly onStep: (by: 1 | -1) => void;
  readonly onLeave: () => void;
}

export const Drawer = memo(function Drawer({ items, unlisted, onStep, onLeave, ...rest }: Props) {
  const { itemKey } = rest;
  const listed = subjectOf(items.find((item) => item.key === itemKey));
  const subject = listed ?? (unlisted?.key === itemKey ? unlisted : undefined);
  const isIncident = kindOfKey(itemKey) === 'incident';
  return (
    <aside className={styles.drawer} aria-label={`${isIncident ? 'Incident' : 'Alert'} ${itemKey}`}>
      <header className={styles.head}>
        {subject === undefined ? null : (
          <>
            <SeverityMark severity={subject.severity} named /> <span>{severityNames[subject.severity]}</span>
          </>
        )}
        <span className={`mono ${styles.key}`}>{itemKey}</span>
        <IconButton name={withKey('Previous', 'previous')} onClick={() => onStep(-1)}>
          <IconChevronUp size={17} aria-hidden />
        </IconButton>
        <IconButton name={withKey('Next', 'next')} onClick={() => onStep(1)}>
          <IconChevronDown size={17} aria-hidden />
        </IconButton>
        <Link
          to={isIncident ? '/incidents/$key' : '/alerts/$key'}
          params={{ key: itemKey }}
          className="btn"
          data-quiet
          data-icon
          aria-label={withKey('Full page', 'open')}
          title={withKey('Full page', 'open')}
        >
          <IconArrowsDiagonal size={16} aria-hidden />
        </Link>
        <IconButton name={withKey('Close the drawer', 'back')} onClick={onLeave}>
          <IconX size={17} aria-hidden />
        </IconButton>
      </header>
      {subject === undefined ? <span /> : <Presence kind={subject.kind} id={subject.id} />}
      {isIncident ? (
        <IncidentDrawer key={itemKey} {...rest} subject={subject} />
      ) : (
        <AlertDrawer key={itemKey} {...rest} subject={subject} />
      )}
    </aside>
  );
});
