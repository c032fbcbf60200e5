/** One incident: its alerts over time and one by one. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCanTriage } from '../../app/session.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { ask } from '../../lib/asks.ts';
import { incidentSubject } from '../../lib/subject.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import page from '../subject/subject.module.css';
import { SubjectBody, SubjectPage } from '../subject/subject-page.tsx';
import styles from './incident.module.css';
import { IncidentFacts } from './incident-facts.tsx';
import { Members } from './members.tsx';
import { Timeline } from './timeline.tsx';

export function IncidentPage() {
  const { key } = useParams({ from: '/in/incidents/$key' });
  const detail = useQuery(orpc.incidents.get.queryOptions({ input: { id: key } }));
  return (
    <SubjectPage key={key} kind="incident" itemKey={key} query={detail}>
      {detail.data === undefined ? null : <Body key={key} incident={detail.data} />}
    </SubjectPage>
  );
}

type TabKey = 'timeline' | 'alerts';

function Body({ incident }: { readonly incident: IncidentDetail }) {
  const canTriage = useCanTriage();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/in/incidents/$key' });
  const open = incident.members.filter((alert) => alert.status !== 'closed').length;
  return (
    <SubjectBody<TabKey>
      subject={incidentSubject(incident)}
      facts={<IncidentFacts incident={incident} />}
      tabs={[
        { key: 'timeline', name: 'Timeline', body: () => <Timeline incident={incident} /> },
        {
          key: 'alerts',
          name: 'Alerts',
          count: incident.alerts,
          body: () => <Members incident={incident} canTriage={canTriage} />,
        },
      ]}
      tab={tab === 'alerts' ? 'alerts' : 'timeline'}
      onTab={(next) =>
        void navigate({
          to: '/incidents/$key',
          params: { key: incident.key },
          search: next === 'timeline' ? {} : { tab: next },
          replace: true,
        })
      }
      words={<Words incident={incident} />}
      more={[
        { label: 'Rename', apart: true, act: () => ask({ type: 'rename', incident }) },
        { label: 'Take in alerts or incidents', act: () => ask({ type: 'merge', incident }) },
      ]}
      history={incident.history}
      takes={
        open === 0 ? null : (
          <p className={page.takes}>
            Closing closes its {open === 1 ? 'open alert' : `${open} open alerts`} with it.
          </p>
        )
      }
    />
  );
}

function Words({ incident }: { readonly incident: IncidentDetail }) {
  return (
    <>
      <p>
        One incident because:{' '}
        <Value text={incident.reason === '' ? 'a person made it' : incident.reason} plain />.
      </p>
      {incident.description === '' ? null : (
        <p className={styles.description}>
          <Value text={incident.description} plain limit={1_200} />
        </p>
      )}
    </>
  );
}
