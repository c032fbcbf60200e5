/** The events that the alert rests on, as they were when it was raised. */
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { FieldsTable } from '../../components/fields-table.tsx';
import { MatchedFields } from '../../components/matched-fields.tsx';
import { Raw } from '../../components/raw.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Value } from '../../components/value.tsx';
import { exact } from '../../lib/time.ts';
import type { AlertDetail, AlertEvidence } from '../../lib/types.ts';
import styles from './alert.module.css';

export function Evidence({ alert }: { readonly alert: AlertDetail }) {
  const [open, setOpen] = useState<string | null>(alert.evidence[0]?.eventId ?? null);
  const kept = alert.evidence.length;
  return (
    <>
      {kept < alert.detections ? (
        <p className={styles.partial}>
          The first {kept} of {alert.detections.toLocaleString('en')} events are kept with the alert; the
          others are in the event store.
        </p>
      ) : null}
      <ol>
        {alert.evidence.map((event) => (
          <li key={event.eventId} className={styles.event} data-open={event.eventId === open || undefined}>
            <button
              type="button"
              className={styles.eventHead}
              aria-expanded={event.eventId === open}
              onClick={() => setOpen(event.eventId === open ? null : event.eventId)}
            >
              <IconChevronRight size={14} aria-hidden />
              <span className="mono">{exact(event.time)}</span>
              <span className="cut">
                <Value text={headline(event)} />
              </span>
            </button>
            {event.eventId === open ? (
              <EventTabs event={event} alertKey={alert.ruleId === '' ? undefined : alert.key} />
            ) : null}
          </li>
        ))}
      </ol>
    </>
  );
}

/** What tells events of one rule apart: the longest matched value says most. */
function headline(event: AlertEvidence): string {
  const longest = event.matched.toSorted((a, b) => b.value.length - a.value.length)[0];
  return (longest?.value ?? '').slice(0, 300);
}

type TabKey = 'matched' | 'native' | 'raw';

function EventTabs({
  event,
  alertKey,
}: {
  readonly event: AlertEvidence;
  readonly alertKey: string | undefined;
}) {
  const [tab, setTab] = useState<TabKey>('matched');
  return (
    <Tabs<TabKey>
      label="Views of this event"
      active={tab}
      onChange={setTab}
      tabs={[
        {
          key: 'matched',
          name: 'Matched',
          count: new Set(event.matched.map((match) => match.field)).size,
          body: () => (
            <div className={styles.matched}>
              <MatchedFields matched={event.matched} limit={2_000} alertKey={alertKey} />
            </div>
          ),
        },
        {
          key: 'native',
          name: 'Native fields',
          count: Object.keys(event.native).length,
          body: () => <FieldsTable fields={event.native} what="native" />,
        },
        {
          key: 'raw',
          name: 'Raw',
          body: () => (
            <Raw
              text={event.raw}
              note={`Received ${exact(event.receivedAt)}, read by ${event.parser}, SHA-256 ${event.sha256}`}
            />
          ),
        },
      ]}
    />
  );
}
