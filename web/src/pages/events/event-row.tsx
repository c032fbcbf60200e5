/** One event in the list: its time and the chosen columns. */
import { memo } from 'react';
import { Value } from '../../components/value.tsx';
import { ValueMenu } from '../../components/value-menu.tsx';
import { kindOf, summaryOf } from '../../lib/event-summary.ts';
import { exact } from '../../lib/time.ts';
import type { HuntEvent } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';
import type { ActionsOf } from './actions.ts';
import { columnText } from './columns.ts';
import styles from './list.module.css';

interface Props {
  readonly event: HuntEvent;
  readonly index: number;
  readonly columns: readonly string[];
  readonly basis: 'event' | 'received';
  readonly open: boolean;
  readonly current: boolean;
  readonly marked: boolean;
  readonly actionsOf: ActionsOf;
  readonly onOpen: (id: string) => void;
}

const cellLength = 300;

export const EventRow = memo(function EventRow(props: Props) {
  const { event, columns, basis, actionsOf } = props;
  const shown = basis === 'received' ? event.received : event.time;
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={props.open}
      tabIndex={props.current ? 0 : -1}
      data-event={event.eventId}
      data-open={props.open || undefined}
      data-marked={props.marked || undefined}
      className={styles.row}
      onClick={() => props.onOpen(event.eventId)}
    >
      <div role="gridcell" className={`mono ${styles.time}`} title={timeNote(event)}>
        {exact(shown).replace(/ UTC$/, '')}
        {event.timeOrigin === 'event' || basis === 'received' ? null : <sup>r</sup>}
      </div>
      {columns.map((name) => (
        <div key={name} role="gridcell" className="cut" data-column={name}>
          {name === 'what' ? (
            <What event={event} />
          ) : name === 'event' ? (
            <>
              {visibleText(kindOf(event))} <span className="mono dim">{visibleText(event.eventCode)}</span>
            </>
          ) : (
            <Cell name={name} text={columnText(event, name)} actionsOf={actionsOf} />
          )}
        </div>
      ))}
    </div>
  );
});

function Cell({
  name,
  text,
  actionsOf,
}: {
  readonly name: string;
  readonly text: string;
  readonly actionsOf: ActionsOf;
}) {
  if (text === '') return null;
  return (
    <ValueMenu field={name} text={text} actions={actionsOf(name, text)} skipTab>
      <Value text={text.slice(0, cellLength)} />
    </ValueMenu>
  );
}

function What({ event }: { readonly event: HuntEvent }) {
  const { lead, text } = summaryOf(event);
  return (
    <>
      {lead === '' ? null : (
        <span className={event.unparsed === '' ? styles.lead : styles.unparsed}>{lead} </span>
      )}
      <Value text={text} />
    </>
  );
}

function timeNote(event: HuntEvent): string {
  const received = `received ${exact(event.received)}`;
  return event.timeOrigin === 'event'
    ? received
    : `The record names no usable time; this is when it was ${received}`;
}
