/** One alert with room to read: its events, what is around it, its rule as it was. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ProcessTree } from '../../components/process-tree.tsx';
import type { Tab } from '../../components/tabs.tsx';
import { Why } from '../../components/why.tsx';
import { orpc } from '../../lib/api.ts';
import { alertSubject } from '../../lib/subject.ts';
import type { AlertDetail } from '../../lib/types.ts';
import { SubjectBody, SubjectPage } from '../subject/subject-page.tsx';
import styles from './alert.module.css';
import { Evidence } from './evidence.tsx';
import { Facts } from './facts.tsx';
import { RuleText } from './rule-text.tsx';
import { Sentence, Surroundings, useSurroundings } from './surroundings.tsx';

export function AlertPage() {
  const { key } = useParams({ from: '/in/alerts/$key' });
  const detail = useQuery(orpc.alerts.get.queryOptions({ input: { id: key } }));
  return (
    <SubjectPage key={key} kind="alert" itemKey={key} query={detail} pending={useSurroundings(key).isPending}>
      {detail.data === undefined ? null : <Body key={key} alert={detail.data} />}
    </SubjectPage>
  );
}

type TabKey = 'events' | 'around' | 'tree' | 'rule';
const tabKeys: readonly TabKey[] = ['events', 'around', 'tree', 'rule'];

function Body({ alert }: { readonly alert: AlertDetail }) {
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/in/alerts/$key' });
  return (
    <SubjectBody<TabKey>
      subject={alertSubject(alert)}
      facts={<Facts alert={alert} />}
      tabs={tabsOf(alert)}
      tab={tabKeys.find((known) => known === tab) ?? 'events'}
      onTab={(next) =>
        void navigate({
          to: '/alerts/$key',
          params: { key: alert.key },
          search: next === 'events' ? {} : { tab: next },
          replace: true,
        })
      }
      words={<Sentence alert={alert} />}
      sections={
        <section className="section">
          <h2>Why it fired</h2>
          <Why alert={alert} limit={400} />
        </section>
      }
      history={alert.history}
    />
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
