/** What is around an alert: its sentence, entities, related alerts, earlier verdicts, guide. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Entities } from '../../components/entities.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { Guide } from '../../components/guide.tsx';
import { Reason } from '../../components/reason.tsx';
import { EarlierVerdicts, Related } from '../../components/related.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import type { AlertDetail } from '../../lib/types.ts';
import styles from './alert.module.css';

export function useSurroundings(key: string) {
  return useQuery(orpc.alerts.context.queryOptions({ input: { id: key } }));
}

export function Sentence({ alert }: { readonly alert: AlertDetail }) {
  const context = useSurroundings(alert.key);
  // Another sentence in its place would move what stands below.
  const [sentence] = useState(context.data?.sentence);
  if (sentence === undefined) return <Reason alert={alert} />;
  return (
    <p>
      <Value text={sentence} plain />
    </p>
  );
}

export function Surroundings({ alert }: { readonly alert: AlertDetail }) {
  const context = useSurroundings(alert.key);
  if (context.isPending) return <Bones rows={8} height={40} />;
  if (context.isError) {
    return (
      <Failure
        what="What is around this alert could not be read."
        error={context.error}
        stillTrue="The alert itself is complete."
        onRetry={() => void context.refetch()}
      />
    );
  }
  const { entities, guide } = context.data;
  return (
    <div className={styles.around}>
      <section>
        <h2>Entities</h2>
        <Entities entities={entities} alert={alert} />
      </section>
      <section>
        <h2>Related alerts, a day around it</h2>
        <Related context={context.data} />
      </section>
      {alert.ruleId === '' ? null : (
        <section>
          <h2>This rule here, earlier verdicts</h2>
          <EarlierVerdicts context={context.data} />
        </section>
      )}
      {guide === null ? null : (
        <section>
          <h2>Guide</h2>
          <Guide text={guide} />
        </section>
      )}
    </div>
  );
}
