/** Filters with their counts; nothing ticked means any. */
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { client, orpc } from '../../lib/api.ts';
import { type Filter, toggle, toInput } from '../../lib/filter.ts';
import { alertStatuses, severities, severityNames, statusNames } from '../../lib/types.ts';
import styles from './facets.module.css';
import type { useQueue } from './use-queue.ts';

interface Props {
  readonly filter: Filter;
  readonly counts: ReturnType<typeof useQueue>['counts'];
  readonly me: string;
  readonly onFilter: (filter: Filter) => void;
}

/** People named in the owner facet, beside you and nobody. */
const peopleShown = 6;

export function Facets({ filter, counts, me, onFilter }: Props) {
  const people = useQuery(orpc.session.people.queryOptions());
  const others = (people.data?.items ?? []).filter((person) => person.id !== me).slice(0, peopleShown);
  return (
    <aside className={styles.facets} aria-label="Filters">
      <Facet name="Status">
        {alertStatuses.map((status) => (
          <Choice
            key={status}
            checked={filter.status.includes(status)}
            count={counts?.status[status]}
            onToggle={() => onFilter({ ...filter, status: toggle(filter.status, status) })}
          >
            {statusNames[status]}
          </Choice>
        ))}
      </Facet>
      <Facet name="Owner">
        {[{ id: 'none', name: 'Unowned' }, { id: 'me', name: 'You' }, ...others].map((owner) => (
          <OwnerChoice key={owner.id} owner={owner} filter={filter} onFilter={onFilter} />
        ))}
      </Facet>
      <Facet name="Severity">
        {severities.map((severity) => (
          <Choice
            key={severity}
            checked={filter.severity.includes(severity)}
            count={counts?.severity[severity]}
            onToggle={() => onFilter({ ...filter, severity: toggle(filter.severity, severity) })}
          >
            <SeverityMark severity={severity} size={13} named /> {severityNames[severity]}
          </Choice>
        ))}
      </Facet>
    </aside>
  );
}

function OwnerChoice({
  owner,
  filter,
  onFilter,
}: {
  readonly owner: { readonly id: string; readonly name: string };
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}) {
  const input = { ...toInput({ ...filter, owner: [owner.id] }), limit: 1 };
  const count = useQuery({
    queryKey: ['owner-count', input],
    queryFn: async ({ signal }) => (await client.alerts.list(input, { signal })).total,
    placeholderData: (previous) => previous,
  });
  return (
    <Choice
      checked={filter.owner.includes(owner.id)}
      count={count.data}
      onToggle={() => onFilter({ ...filter, owner: toggle(filter.owner, owner.id) })}
    >
      <Value text={owner.name} plain />
    </Choice>
  );
}

function Facet({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <details className={styles.facet} open>
      <summary>
        <IconChevronDown size={13} aria-hidden /> {name}
      </summary>
      <fieldset>
        <legend className="unseen">{name}</legend>
        {children}
      </fieldset>
    </details>
  );
}

function Choice({
  checked,
  count,
  onToggle,
  children,
}: {
  readonly checked: boolean;
  readonly count: number | undefined;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}) {
  return (
    <label className={styles.choice} data-checked={checked || undefined}>
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span className={`cut ${styles.name}`}>{children}</span>
      <span className="num">{count === undefined ? '' : count.toLocaleString('en')}</span>
    </label>
  );
}
