/** One alert with room to read: facts left, events in the middle, words and verdict right. */
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import { useAlertActions } from '../../app/actions.tsx';
import { Page } from '../../app/page.tsx';
import { useCanTriage, useMe } from '../../app/session.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { AssignButton, takeOrGive } from '../../components/assign-button.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { History } from '../../components/history.tsx';
import { NoteBox } from '../../components/note-box.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Value } from '../../components/value.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { Why } from '../../components/why.tsx';
import { orpc } from '../../lib/api.ts';
import type { AlertDetail } from '../../lib/types.ts';
import styles from './alert.module.css';
import { Evidence } from './evidence.tsx';
import { Facts } from './facts.tsx';
import { RuleText } from './rule-text.tsx';
import { useLiveAlert } from './use-live-alert.ts';

export function AlertPage() {
  const { key } = useParams({ from: '/in/alerts/$key' });
  const detail = useQuery(orpc.alerts.get.queryOptions({ input: { id: key } }));
  useLiveAlert(detail.data?.id, detail.refetch);
  const back = useBack();
  useKeys(1, { Escape: back });
  const title = detail.data === undefined ? key : `${key} ${detail.data.title}`;
  return (
    <Page
      title={title}
      heading={
        <>
          <button
            type="button"
            className="btn"
            data-quiet
            data-icon
            aria-label="Back (Esc)"
            title="Back (Esc)"
            onClick={back}
          >
            <IconArrowLeft size={17} aria-hidden />
          </button>
          <span className={`mono ${styles.key}`}>{key}</span>
          <span className="cut">
            {detail.data === undefined ? null : <Value text={detail.data.title} plain />}
          </span>
        </>
      }
    >
      {detail.isPending ? <Bones rows={14} height={44} /> : null}
      {detail.isError && detail.data === undefined ? (
        <Failure
          what={`${key} could not be read.`}
          error={detail.error}
          stillTrue="Nothing about it was changed."
          onRetry={() => void detail.refetch()}
        />
      ) : null}
      {detail.data === undefined ? null : <Body alert={detail.data} />}
    </Page>
  );
}

/** To the list as it was left; to the plain queue when this page was the first. */
function useBack(): () => void {
  const router = useRouter();
  const navigate = useNavigate();
  return () => {
    if (router.history.canGoBack()) router.history.back();
    else void navigate({ to: '/' });
  };
}

type TabKey = 'events' | 'rule';

function Body({ alert }: { readonly alert: AlertDetail }) {
  const me = useMe();
  const canTriage = useCanTriage();
  const { apply } = useAlertActions();
  const navigate = useNavigate();
  const { tab = 'events' } = useSearch({ from: '/in/alerts/$key' });
  const note = useRef<HTMLTextAreaElement>(null);
  useKeys(
    1,
    {
      n: () => note.current?.focus(),
      ...(alert.status === 'closed' ? {} : { a: () => void apply(alert, takeOrGive(alert, me)) }),
    },
    { on: canTriage },
  );
  return (
    <div className={styles.alert}>
      <aside className={styles.facts} aria-label="Facts">
        <Facts alert={alert} />
      </aside>
      <Tabs<TabKey>
        label="About this alert"
        active={tab === 'rule' ? 'rule' : 'events'}
        onChange={(next) =>
          void navigate({
            to: '/alerts/$key',
            params: { key: alert.key },
            search: next === 'events' ? {} : { tab: next },
            replace: true,
          })
        }
        tabs={[
          { key: 'events', name: 'Events', count: alert.detections, body: () => <Evidence alert={alert} /> },
          { key: 'rule', name: 'Rule as it was', body: () => <RuleText rule={alert.rule} /> },
        ]}
      />
      <aside className={styles.talk} aria-label="Triage">
        <div className={styles.scroll}>
          <section className="section">
            <h2>Why it fired</h2>
            <Why alert={alert} limit={400} />
          </section>
          <section className="section">
            <h2>History</h2>
            {canTriage ? <NoteBox key={alert.id} alert={alert} box={note} /> : null}
            <div className={styles.history}>
              <History entries={alert.history} />
            </div>
          </section>
        </div>
        {canTriage ? (
          <div className={styles.verdict}>
            <div className={styles.assign}>
              <AssignButton alert={alert} me={me} />
            </div>
            <VerdictBar key={alert.id} alert={alert} onClosed={() => undefined} />
          </div>
        ) : null}
      </aside>
    </div>
  );
}
