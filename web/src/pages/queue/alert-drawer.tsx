/** An alert in the drawer: why it is here, why it fired, who it is about, what was before, what to do. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Entities } from '../../components/entities.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { Guide } from '../../components/guide.tsx';
import { PriorityLine } from '../../components/priority.tsx';
import { ProcessTree } from '../../components/process-tree.tsx';
import { Reason } from '../../components/reason.tsx';
import { EarlierVerdicts, Related } from '../../components/related.tsx';
import { Unseen } from '../../components/unseen.tsx';
import { useUnseen } from '../../components/use-unseen.ts';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { Why } from '../../components/why.tsx';
import { orpc } from '../../lib/api.ts';
import { usePassing } from '../../lib/passing.ts';
import { alertSubject } from '../../lib/subject.ts';
import { exact } from '../../lib/time.ts';
import type { AlertDetail } from '../../lib/types.ts';
import styles from './drawer.module.css';
import type { DrawerProps } from './drawer-props.ts';
import { Section } from './section.tsx';
import { SubjectDrawer } from './subject-drawer.tsx';

const relatedShown = 4;

export function AlertDrawer({ onPeek, ...props }: DrawerProps) {
  const { itemKey } = props;
  const passing = usePassing();
  const query = useQuery(orpc.alerts.get.queryOptions({ input: { id: itemKey }, enabled: !passing }));
  const pending = [query, useContext(itemKey), useUnseen('alert', itemKey)].some(
    ({ isPending }) => isPending,
  );
  const alert = query.data;
  const read = useMemo(() => (alert === undefined ? undefined : alertSubject(alert)), [alert]);
  return (
    <SubjectDrawer
      {...props}
      read={read}
      history={alert?.history}
      query={query}
      pending={pending}
      words={<Words itemKey={itemKey} alert={alert} onPeek={onPeek} />}
      first={
        alert === undefined ? null : (
          <Section name="Why it fired">
            <Why alert={alert} limit={400} />
          </Section>
        )
      }
      rest={alert === undefined ? null : <Surroundings alert={alert} />}
    />
  );
}

function useContext(id: string) {
  return useQuery(orpc.alerts.context.queryOptions({ input: { id }, enabled: !usePassing() }));
}

function Words({
  itemKey,
  alert,
  onPeek,
}: {
  readonly itemKey: string;
  readonly alert: AlertDetail | undefined;
  readonly onPeek: DrawerProps['onPeek'];
}) {
  const context = useContext(itemKey);
  // Another sentence in its place would move what stands below.
  const [sentence] = useState(context.data?.sentence);
  return (
    <>
      {sentence === undefined ? (
        alert === undefined ? null : (
          <Reason alert={alert} />
        )
      ) : (
        <p className={styles.sentence}>
          <Value text={sentence} plain />
        </p>
      )}
      {alert === undefined ? null : (
        <>
          <p className={styles.sentence}>
            <PriorityLine priority={alert.priority} reasons={alert.priorityReasons} />. Happened{' '}
            {exact(alert.firstEventAt).slice(0, 19)}, raised <When at={alert.createdAt} /> ago.
          </p>
          <Unseen kind="alert" id={itemKey} />
          <Links detail={alert} onPeek={onPeek} />
        </>
      )}
    </>
  );
}

function Links({ detail, onPeek }: { readonly detail: AlertDetail; readonly onPeek: DrawerProps['onPeek'] }) {
  const { incident, predecessor } = detail;
  if (incident === null && predecessor === null) return null;
  return (
    <p className={styles.sentence}>
      {incident === null ? null : (
        <>
          In{' '}
          <button type="button" className="link mono" onClick={() => onPeek(incident.key)}>
            {incident.key}
          </button>
          {'. '}
        </>
      )}
      {predecessor === null ? null : (
        <>
          Came back after{' '}
          <Link to="/alerts/$key" params={{ key: predecessor.key }} className="mono">
            {predecessor.key}
          </Link>{' '}
          was closed.
        </>
      )}
    </p>
  );
}

/** What is read apart from the alert itself; a part that fails leaves the others. */
function Surroundings({ alert }: { readonly alert: AlertDetail }) {
  const context = useContext(alert.key);
  if (context.isPending) return <Bones rows={4} height={40} />;
  if (context.isError) {
    return (
      <Failure
        what="Entities and earlier verdicts could not be read."
        error={context.error}
        stillTrue="What stands above is complete."
        onRetry={() => void context.refetch()}
      />
    );
  }
  const { entities, guide } = context.data;
  return (
    <>
      <Section name="Entities">
        <Entities entities={entities} alert={alert} />
      </Section>
      {alert.evidence.length === 0 ? null : (
        <Section
          name="Process tree"
          more={
            <Link to="/alerts/$key" params={{ key: alert.key }} search={{ tab: 'tree' }}>
              Open full tree
            </Link>
          }
        >
          <ProcessTree id={alert.key} whole={false} />
        </Section>
      )}
      <Section name="Related alerts">
        <Related context={context.data} most={relatedShown} />
      </Section>
      {alert.ruleId === '' ? null : (
        <Section name="This rule here, earlier verdicts">
          <EarlierVerdicts context={context.data} />
        </Section>
      )}
      {guide === null ? null : (
        <Section name="Guide">
          <Guide text={guide} />
        </Section>
      )}
    </>
  );
}
