/** One alert with room to read: facts left, events and surroundings in the middle, words and verdict right. */
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
import { ProcessTree } from '../../components/process-tree.tsx';
import { SubjectActions } from '../../components/subject-actions.tsx';
import { type Tab, Tabs } from '../../components/tabs.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { Why } from '../../components/why.tsx';
import { orpc } from '../../lib/api.ts';
import { alertSubject } from '../../lib/subject.ts';
import type { AlertDetail } from '../../lib/types.ts';
import styles from './alert.module.css';
import { Evidence } from './evidence.tsx';
import { Facts } from './facts.tsx';
import { RuleText } from './rule-text.tsx';
import { Sentence, Surroundings } from './surroundings.tsx';

export function AlertPage() {
  const { key } = useParams({ from: '/in/alerts/$key' });
  const detail = useQuery(orpc.alerts.get.queryOptions({ input: { id: key } }));
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
      {detail.data === undefined ? null : <Body key={key} alert={detail.data} />}
    </Page>
  );
}

type TabKey = 'events' | 'around' | 'tree' | 'rule';
const tabKeys: readonly TabKey[] = ['events', 'around', 'tree', 'rule'];

function Body({ alert }: { readonly alert: AlertDetail }) {
  const canTriage = useCanTriage();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/in/alerts/$key' });
  const note = useRef<HTMLTextAreaElement>(null);
  const [armed, setArmed] = useState(false);
  const subject = alertSubject(alert);
  useTriageCommands([subject], {
    picked: [subject],
    onArm: () => setArmed(true),
    onNote: () => note.current?.focus(),
  });
  return (
    <div className={styles.alert}>
      <aside className={styles.facts} aria-label="Facts">
        <Facts alert={alert} />
      </aside>
      <Tabs<TabKey>
        label="About this alert"
        active={tabKeys.find((known) => known === tab) ?? 'events'}
        onChange={(next) =>
          void navigate({
            to: '/alerts/$key',
            params: { key: alert.key },
            search: next === 'events' ? {} : { tab: next },
            replace: true,
          })
        }
        tabs={tabsOf(alert)}
      />
      <aside className={styles.talk} aria-label="Triage">
        <Presence kind="alert" id={alert.id} />
        <div className={styles.scroll}>
          <section className="section">
            <Sentence alert={alert} />
            {canTriage ? <SubjectActions subjects={[subject]} /> : null}
          </section>
          <section className="section">
            <h2>Why it fired</h2>
            <Why alert={alert} limit={400} />
          </section>
          <section className="section">
            <h2>History</h2>
            {canTriage ? <NoteBox key={alert.id} subject={subject} box={note} /> : null}
            <div className={styles.history}>
              <History entries={alert.history} />
            </div>
          </section>
        </div>
        {canTriage ? (
          <div className={styles.verdict}>
            <VerdictBar subjects={[subject]} armed={armed} onArm={setArmed} onClosed={() => undefined} />
          </div>
        ) : null}
      </aside>
    </div>
  );
}

function tabsOf(alert: AlertDetail): readonly Tab<TabKey>[] {
  return [
    { key: 'events', name: 'Events', count: alert.detections, body: () => <Evidence alert={alert} /> },
    { key: 'around', name: 'Entities and related', body: () => <Surroundings alert={alert} /> },
    ...(alert.evidence.length === 0
      ? []
      : [
          {
            key: 'tree' as const,
            name: 'Process tree',
            body: () => (
              <div className={styles.tree}>
                <ProcessTree id={alert.key} whole />
              </div>
            ),
          },
        ]),
    ...(alert.ruleId === ''
      ? []
      : [{ key: 'rule' as const, name: 'Rule as it was', body: () => <RuleText rule={alert.rule} /> }]),
  ];
}
