/** One event: a line, and its three views when it is opened. */
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import { useKeys } from '../../app/use-keys.ts';
import { Bones, Failure } from '../../components/failure.tsx';
import { FieldsTable } from '../../components/fields-table.tsx';
import { Raw } from '../../components/raw.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { exact } from '../../lib/time.ts';
import type { EventView } from '../../lib/types.ts';
import styles from './events.module.css';

interface Props {
  readonly event: EventView;
  readonly open: boolean;
  readonly current: boolean;
  readonly onToggle: () => void;
}

/** A line needs no more of a record than this. */
const lineLength = 240;

export const EventRow = memo(function EventRow({ event, open, current, onToggle }: Props) {
  return (
    <>
      <div
        role="row"
        tabIndex={current ? 0 : -1}
        data-event={event.eventId}
        data-open={open || undefined}
        className={styles.row}
        onClick={onToggle}
      >
        <div role="cell" className={`mono ${styles.time}`} title={timeNote(event)}>
          <IconChevronRight size={13} aria-hidden />
          {exact(event.time).replace(/ UTC$/, '')}
          {event.timeOrigin === 'event' ? null : <sup>r</sup>}
        </div>
        <div role="cell" className="cut">
          <Value text={event.host} />
        </div>
        <div role="cell" className="cut">
          <Value text={event.user} />
        </div>
        <div role="cell" className="cut" title={event.channel}>
          <span className="mono">{event.eventCode}</span>
        </div>
        <div role="cell" className="cut">
          <What event={event} />
        </div>
        <div role="cell" className="cut dim">
          <Value text={event.source} plain />
        </div>
      </div>
      {open ? <Views id={event.eventId} /> : null}
    </>
  );
}, same);

function same(before: Props, after: Props): boolean {
  return before.event === after.event && before.open === after.open && before.current === after.current;
}

function timeNote(event: EventView): string {
  const received = `received ${exact(event.received)}`;
  return event.timeOrigin === 'event'
    ? received
    : `The record names no usable time; this is when it was ${received}`;
}

function What({ event }: { readonly event: EventView }) {
  if (event.unparsed !== '') {
    return (
      <>
        <span className={styles.unparsed}>{event.unparsed.replaceAll('_', ' ')}</span>{' '}
        <Value text={event.raw.slice(0, lineLength)} />
      </>
    );
  }
  if (event.commandLine !== '') return <Value text={event.commandLine.slice(0, lineLength)} />;
  return event.process === '' ? (
    <span className="dim">
      <Value text={event.raw.slice(0, lineLength)} />
    </span>
  ) : (
    <Value text={event.process} />
  );
}

type TabKey = 'native' | 'ocsf' | 'raw';

function Views({ id }: { readonly id: string }) {
  const detail = useQuery(
    orpc.events.get.queryOptions({ input: { id }, staleTime: Number.POSITIVE_INFINITY }),
  );
  const [tab, setTab] = useState<TabKey>('native');
  useKeys(1, { 1: () => setTab('native'), 2: () => setTab('ocsf'), 3: () => setTab('raw') });
  if (detail.isPending) return <Bones rows={4} height={28} />;
  if (detail.isError) {
    return (
      <Failure
        what="This event could not be read."
        error={detail.error}
        stillTrue="The list is as it was."
        onRetry={() => void detail.refetch()}
      />
    );
  }
  const event = detail.data;
  const received = `Received ${exact(event.received)} from ${event.source}`;
  const reader = event.parser === '' ? 'no parser could read it' : `read by ${event.parser}`;
  return (
    <div role="row" className={styles.views}>
      <div role="cell">
        <Tabs<TabKey>
          label="Views of this event"
          active={tab}
          onChange={setTab}
          tabs={[
            {
              key: 'native',
              name: 'Native fields',
              count: Object.keys(event.native).length,
              body: () => <FieldsTable fields={event.native} what="native" />,
            },
            { key: 'ocsf', name: 'OCSF', body: () => <FieldsTable fields={event.ocsf} what="OCSF" /> },
            { key: 'raw', name: 'Raw', body: () => <Raw text={event.raw} note={`${received}, ${reader}`} /> },
          ]}
        />
      </div>
    </div>
  );
}
