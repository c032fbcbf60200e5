/** Filters with their counts; nothing ticked means any. */
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { memo, type ReactNode, useMemo } from 'react';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { ask } from '../../lib/asks.ts';
import { type Filter, toggle, type ValueFacet } from '../../lib/filter.ts';
import { toInput } from '../../lib/queue-input.ts';
import { alertStatuses, type QueueFacets, severities, severityNames, statusNames } from '../../lib/types.ts';
import styles from './facets.module.css';

interface Props {
  readonly filter: Filter;
  /** Undefined while nothing was counted. */
  readonly facets: QueueFacets | undefined;
  readonly failed: boolean;
  readonly me: string;
  readonly onFilter: (filter: Filter) => void;
  readonly onRetry: () => unknown;
}

/** Values shown of each, before "more". */
const shown = 6;

const kindNames: Readonly<Record<string, string>> = { incident: 'Incidents', alert: 'Lone alerts' };
const valueNames: readonly { readonly facet: ValueFacet; readonly name: string }[] = [
  { facet: 'source', name: 'Source' },
  { facet: 'rule', name: 'Rule' },
  { facet: 'host', name: 'Host' },
  { facet: 'user', name: 'User' },
  { facet: 'tag', name: 'ATT&CK and tags' },
];

export function useFacets(filter: Filter, on: boolean) {
  const input = useMemo(() => ({ ...toInput(filter, Date.now()), values: shown + 1 }), [filter]);
  return useQuery(
    orpc.queue.facets.queryOptions({ input, enabled: on, placeholderData: (previous) => previous }),
  );
}

export const Facets = memo(function Facets({ filter, facets, failed, me, onFilter, onRetry }: Props) {
  const counts = facets?.facets;
  return (
    <aside className={styles.facets} aria-label="Filters">
      {failed ? (
        <p className={styles.failed} role="alert">
          The counts could not be read; the filters work.{' '}
          <button type="button" className="link" onClick={() => onRetry()}>
            Try again
          </button>
        </p>
      ) : null}
      <Facet name="Status">
        {alertStatuses.map((status) => (
          <Choice
            key={status}
            checked={filter.status.includes(status)}
            count={countOf(counts?.status, status)}
            onToggle={() => onFilter({ ...filter, status: toggle(filter.status, status) })}
          >
            {statusNames[status]}
          </Choice>
        ))}
      </Facet>
      <Facet name="Owner">
        {owners(counts?.owner, filter, me).map(({ value, label, rows }) => (
          <Choice
            key={value}
            checked={filter.owner.includes(value)}
            count={rows}
            onToggle={() => onFilter({ ...filter, owner: toggle(filter.owner, value) })}
          >
            <Value text={label} plain />
          </Choice>
        ))}
      </Facet>
      <Facet name="Severity">
        {severities.map((severity) => (
          <Choice
            key={severity}
            checked={filter.severity.includes(severity)}
            count={countOf(counts?.severity, severity)}
            onToggle={() => onFilter({ ...filter, severity: toggle(filter.severity, severity) })}
          >
            <SeverityMark severity={severity} size={13} named /> {severityNames[severity]}
          </Choice>
        ))}
      </Facet>
      <Facet name="Kind">
        {(['incident', 'alert'] as const).map((kind) => (
          <Choice
            key={kind}
            checked={filter.kind.includes(kind)}
            count={countOf(counts?.kind, kind)}
            onToggle={() => onFilter({ ...filter, kind: toggle(filter.kind, kind) })}
          >
            {kindNames[kind]}
          </Choice>
        ))}
      </Facet>
      {valueNames.map(({ facet, name }) => (
        <ValueChoices
          key={facet}
          facet={facet}
          name={name}
          values={counts?.[facet]}
          filter={filter}
          onFilter={onFilter}
        />
      ))}
      {facets === undefined || facets.exact ? null : (
        <p className={styles.note}>
          Counted on the first {facets.counted.toLocaleString('en')} rows; there are more.
        </p>
      )}
    </aside>
  );
});

type Values = QueueFacets['facets'][ValueFacet] | undefined;

/** Undefined while nothing is known: then no number is shown, not a nought. */
function countOf(values: Values, value: string): number | undefined {
  return values === undefined ? undefined : (values.find((one) => one.value === value)?.rows ?? 0);
}

interface Owner {
  readonly value: string;
  readonly label: string;
  readonly rows: number | undefined;
}

/** Nobody and you first, whoever else owns something after; what is picked stays in sight. */
function owners(values: Values, filter: Filter, me: string): readonly Owner[] {
  const people = (values ?? []).filter(({ value }) => value !== 'none' && value !== me);
  const others = values === undefined ? undefined : people.reduce((sum, { rows }) => sum + rows, 0);
  const listed: readonly Owner[] = [
    { value: 'none', label: 'Unowned', rows: countOf(values, 'none') },
    { value: 'me', label: 'You', rows: countOf(values, me) },
    { value: 'others', label: 'Others', rows: others },
    ...people.slice(0, shown),
  ];
  const lost = filter.owner.filter((value) => listed.every((one) => one.value !== value));
  return [...listed, ...lost.map((value) => ({ value, label: value, rows: 0 }))];
}

function ValueChoices({
  facet,
  name,
  values,
  filter,
  onFilter,
}: {
  readonly facet: ValueFacet;
  readonly name: string;
  readonly values: Values;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}) {
  const first = (values ?? []).slice(0, shown);
  const picked = filter[facet]
    .filter((value) => first.every((one) => one.value !== value))
    .map((value) => ({ value, label: values?.find((one) => one.value === value)?.label ?? value }));
  if (first.length + picked.length === 0) return null;
  return (
    <Facet name={name}>
      {[...picked, ...first].map(({ value, label }) => (
        <Choice
          key={value}
          checked={filter[facet].includes(value)}
          count={countOf(values, value)}
          title={label}
          onToggle={() => onFilter({ ...filter, [facet]: toggle(filter[facet], value) })}
        >
          <Value
            text={tagLabel(facet, label)}
            plain={facet === 'rule' || facet === 'source' || facet === 'tag'}
          />
        </Choice>
      ))}
      {(values?.length ?? 0) > shown ? (
        <button
          type="button"
          className={`link ${styles.more}`}
          onClick={() => ask({ type: 'facet', facet, filter, onFilter })}
        >
          more
        </button>
      ) : null}
    </Facet>
  );
}

/** `attack.t1003.001` is known by its number. */
export function tagLabel(facet: ValueFacet, label: string): string {
  if (facet !== 'tag') return label;
  const bare = label.replace(/^attack\./i, '');
  return /^t\d{4}/i.test(bare) ? bare.toUpperCase() : bare;
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

export function Choice({
  checked,
  count,
  title,
  onToggle,
  children,
}: {
  readonly checked: boolean;
  readonly count: number | undefined;
  readonly title?: string;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}) {
  return (
    <label className={styles.choice} data-none={(count === 0 && !checked) || undefined} title={title}>
      <input type="checkbox" className="tick" checked={checked} onChange={onToggle} />
      <span className={`cut ${styles.name}`}>{children}</span>
      <span className="num">{count === undefined ? '' : count.toLocaleString('en')}</span>
    </label>
  );
}
