/** One incident: what never scrolls away left, its alerts over time in the middle, words and verdict right. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { BackHeading } from '../../app/back-heading.tsx';
import { Page } from '../../app/page.tsx';
import { useCanTriage } from '../../app/session.tsx';
import { useBack } from '../../app/use-back.ts';
import { useCommands } from '../../app/use-keys.ts';
import { useLive } from '../../app/use-live.ts';
import { useTriageCommands } from '../../app/use-triage-commands.ts';
import { Bones, Failure } from '../../components/failure.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { Presence } from '../../components/presence.tsx';
import { SubjectActions } from '../../components/subject-actions.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Value } from '../../components/value.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { orpc } from '../../lib/api.ts';
import { ask } from '../../lib/asks.ts';
import { incidentSubject } from '../../lib/subject.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import styles from './incident.module.css';
import { IncidentFacts } from './incident-facts.tsx';
import { Members } from './members.tsx';
import { Timeline } from './timeline.tsx';

export function IncidentPage() {
  const { key } = useParams({ from: '/in/incidents/$key' });
  const detail = useQuery(orpc.incidents.get.queryOptions({ input: { id: key } }));
  useLive(detail.data?.id, detail.refetch);
  const back = useBack();
  useCommands(1, { back });
  const title = detail.data === undefined ? key : `${key} ${detail.data.title}`;
  return (
    <Page title={title} heading={<BackHeading itemKey={key} title={detail.data?.title} onBack={back} />}>
      {detail.isPending ? <Bones rows={14} height={44} /> : null}
      {detail.isError && detail.data === undefined ? (
        <Failure
          what={`${key} could not be read.`}
          error={detail.error}
          stillTrue="Nothing about it was changed."
          onRetry={() => void detail.refetch()}
        />
      ) : null}
      {detail.data === undefined ? null : <Body key={key} incident={detail.data} />}
    </Page>
  );
}

type TabKey = 'timeline' | 'alerts';

function Body({ incident }: { readonly incident: IncidentDetail }) {
  const canTriage = useCanTriage();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/in/incidents/$key' });
  const note = useRef<HTMLTextAreaElement>(null);
  const [armed, setArmed] = useState(false);
  const subject = incidentSubject(incident);
  useTriageCommands([subject], { onArm: () => setArmed(true), onNote: () => note.current?.focus() });
  return (
    <div className={styles.incident}>
      <aside className={styles.facts} aria-label="Facts">
        <IncidentFacts incident={incident} />
      </aside>
      <Tabs<TabKey>
        label="About this incident"
        active={tab === 'alerts' ? 'alerts' : 'timeline'}
        onChange={(next) =>
          void navigate({
            to: '/incidents/$key',
            params: { key: incident.key },
            search: next === 'timeline' ? {} : { tab: next },
            replace: true,
          })
        }
        tabs={[
          { key: 'timeline', name: 'Timeline', body: () => <Timeline incident={incident} /> },
          {
            key: 'alerts',
            name: 'Alerts',
            count: incident.alerts,
            body: () => <Members incident={incident} canTriage={canTriage} />,
          },
        ]}
      />
      <aside className={styles.talk} aria-label="Triage">
        <Presence kind="incident" id={incident.id} />
        <div className={styles.scroll}>
          <section className="section">
            <p className={styles.sentence}>
              One incident because:{' '}
              <Value text={incident.reason === '' ? 'a person made it' : incident.reason} plain />.
            </p>
            {incident.description === '' ? null : (
              <p className={styles.description}>
                <Value text={incident.description} plain limit={1_200} />
              </p>
            )}
            {canTriage ? (
              <SubjectActions
                subjects={[subject]}
                more={[
                  { label: 'Rename', apart: true, act: () => ask({ type: 'rename', incident }) },
                  { label: 'Take in alerts or incidents', act: () => ask({ type: 'merge', incident }) },
                ]}
              />
            ) : null}
          </section>
          <section className="section">
            <h2>Notes and history</h2>
            {canTriage ? <NoteBox subject={subject} box={note} /> : null}
            <div className={styles.history}>
              <History entries={incident.history} />
            </div>
          </section>
        </div>
        {canTriage ? (
          <div className={styles.verdict}>
            <p className={styles.takes}>
              Closing closes its {incident.members.filter((alert) => alert.status !== 'closed').length} open
              alerts with it.
            </p>
            <VerdictBar subjects={[subject]} armed={armed} onArm={setArmed} onClosed={() => undefined} />
          </div>
        ) : null}
      </aside>
    </div>
  );
}
