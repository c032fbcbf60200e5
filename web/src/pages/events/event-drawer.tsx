/** The event that is open: where it came from, and itself as native, OCSF and raw. */
import { IconChevronDown, IconChevronUp, IconClockSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useKeys } from '../../app/use-keys.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { FieldsTable } from '../../components/fields-table.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Raw } from '../../components/raw.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Value } from '../../components/value.tsx';
import { ValueMenu } from '../../components/value-menu.tsx';
import { orpc } from '../../lib/api.ts';
import { kindOf } from '../../lib/event-summary.ts';
import { exact } from '../../lib/time.ts';
import type { EventView } from '../../lib/types.ts';
import { visibleText } from '../../lib/visible.ts';
import type { ActionsOf } from './actions.ts';
import styles from './drawer.module.css';

interface Props {
  readonly id: string;
  readonly actionsOf: ActionsOf;
  readonly onStep: (by: 1 | -1) => void;
  readonly onAround: (event: EventView) => void;
  readonly onClose: () => void;
}

type TabKey = 'native' | 'ocsf' | 'raw';

export function EventDrawer({ id, actionsOf, onStep, onAround, onClose }: Props) {
  const detail = useQuery(
    orpc.events.get.queryOptions({
      input: { id },
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: (previous) => previous,
    }),
  );
  const [tab, setTab] = useState<TabKey>('native');
  useKeys(1, { 1: () => setTab('native'), 2: () => setTab('ocsf'), 3: () => setTab('raw') });
  const event = detail.data;
  const menu = (view: 'native' | 'ocsf') => (field: string, text: string) =>
    actionsOf(view === 'native' && /[A-Z]/.test(field) ? field : `${view}.${field}`, text);
  return (
    <aside className={styles.drawer} aria-label="Event">
      <header className={styles.head}>
        <div className="cut">
          <h2 className="cut">{event === undefined ? 'Event' : titleOf(event)}</h2>
          <p className="cut mono dim">{event === undefined ? '' : exact(event.time)}</p>
        </div>
        <IconButton name="Previous event (k)" onClick={() => onStep(-1)}>
          <IconChevronUp size={17} aria-hidden />
        </IconButton>
        <IconButton name="Next event (j)" onClick={() => onStep(1)}>
          <IconChevronDown size={17} aria-hidden />
        </IconButton>
        <IconButton name="Close (Esc)" onClick={onClose}>
          <IconX size={17} aria-hidden />
        </IconButton>
      </header>
      <div
        className={styles.body}
        tabIndex={0}
        role="region"
        aria-label="Details"
        data-old={detail.isPlaceholderData || undefined}
      >
        {detail.isPending ? <Bones rows={12} height={28} /> : null}
        {detail.isError ? (
          <Failure
            what="This event could not be read."
            error={detail.error}
            stillTrue="The list is as it was."
            onRetry={() => void detail.refetch()}
          />
        ) : null}
        {event === undefined ? null : (
          <>
            <Origin event={event} actionsOf={actionsOf} onAround={onAround} />
            <Tabs<TabKey>
              label="Views of this event"
              active={tab}
              onChange={setTab}
              tools={
                <CopyButton
                  text={copied(event, tab)}
                  what={tab === 'raw' ? 'record' : 'view as JSON'}
                  label="Copy"
                />
              }
              tabs={[
                {
                  key: 'native',
                  name: 'Native',
                  count: Object.keys(event.native).length,
                  body: () => <FieldsTable fields={event.native} what="native" actionsOf={menu('native')} />,
                },
                {
                  key: 'ocsf',
                  name: 'OCSF',
                  body: () => <FieldsTable fields={event.ocsf} what="OCSF" actionsOf={menu('ocsf')} />,
                },
                { key: 'raw', name: 'Raw', body: () => <Raw text={event.raw} note={rawNote(event)} /> },
              ]}
            />
          </>
        )}
      </div>
    </aside>
  );
}

function titleOf(event: EventView): string {
  return visibleText([kindOf(event), event.eventCode].filter((part) => part !== '').join(' ')) || 'Event';
}

function rawNote({ raw, rawEncoding }: EventView): string {
  const size = `${raw.length.toLocaleString('en')} characters, stored whole`;
  return rawEncoding === 'utf8' ? size : `${size}; not UTF-8, shown byte by byte`;
}

type Detail = EventView & { readonly native: object; readonly ocsf: object };

function copied(event: Detail, tab: TabKey): string {
  return tab === 'raw' ? event.raw : JSON.stringify(tab === 'native' ? event.native : event.ocsf, null, 2);
}

interface OriginProps extends Pick<Props, 'actionsOf' | 'onAround'> {
  readonly event: EventView;
}

function Origin({ event, actionsOf, onAround }: OriginProps) {
  const value = (field: string, text: string) =>
    text === '' ? (
      <span className="dim">none named</span>
    ) : (
      <ValueMenu field={field} text={text} actions={actionsOf(field, text)}>
        <Value text={text.length > 200 ? `${text.slice(0, 200)}…` : text} />
      </ValueMenu>
    );
  return (
    <div className={styles.origin}>
      <dl className="facts">
        <dt>Host</dt>
        <dd>{value('host', event.host)}</dd>
        <dt>User</dt>
        <dd>{value('user', event.user)}</dd>
        <dt>Source</dt>
        <dd>
          {value('source', event.source)}{' '}
          <span className="dim">
            {event.parser === '' ? 'no parser could read it' : `read by ${event.parser}`}
          </span>
        </dd>
        <dt>Received</dt>
        <dd>
          {exact(event.received)} <span className="dim">{lagText(event)}</span>
        </dd>
        {event.unparsed === '' ? null : (
          <>
            <dt>Unparsed</dt>
            <dd>{value('unparsed', event.unparsed)}</dd>
          </>
        )}
        <dt>Event id</dt>
        <dd>
          <Value text={event.eventId} copy />
        </dd>
      </dl>
      <button type="button" className="btn" onClick={() => onAround(event)}>
        <IconClockSearch size={15} aria-hidden /> Around it, ±5 minutes
      </button>
    </div>
  );
}

/** What lies between the event and its receipt. */
function lagText({ time, received, timeOrigin }: EventView): string {
  if (timeOrigin === 'received') return 'the record names no time';
  if (timeOrigin === 'out_of_range') return 'its own time is not believable';
  const seconds = Math.round((Date.parse(received) - Date.parse(time)) / 1_000);
  if (seconds < 0) return `${-seconds} s before its own time: a clock is wrong`;
  if (seconds < 120) return `${seconds} s later`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min later`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3_600)} h later`
    : `${Math.round(seconds / 86_400).toLocaleString('en')} days later`;
}
