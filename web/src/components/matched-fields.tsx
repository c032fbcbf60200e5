/** Why it fired: the fields that matched, the matching part underlined. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCanManageRules } from '../app/session.tsx';
import { ask } from '../lib/asks.ts';
import { nameOf } from '../lib/exception.ts';
import { valueQuery } from '../lib/hunt.ts';
import { matchedRanges, mergeRanges } from '../lib/matched.ts';
import type { MatchedField } from '../lib/types.ts';
import styles from './matched.module.css';
import { Value } from './value.tsx';
import { type ValueAction, ValueMenu } from './value-menu.tsx';

interface Line {
  readonly value: string;
  /** Field with its modifiers, by selection: `selection_cli_1`, `CommandLine|contains`. */
  readonly names: readonly { readonly selection: string; readonly field: string }[];
  readonly hits: readonly MatchedField[];
}

/** One line per field and value: several selections and patterns may have matched in the same value. */
function groupMatches(matched: readonly MatchedField[]): readonly Line[] {
  const lines = Map.groupBy(matched, ({ field, value }) => `${field.split('|')[0]}\u0000${value}`);
  return [...lines.values()].map((hits) => ({
    value: hits[0]?.value ?? '',
    names: [...Map.groupBy(hits, ({ selection, field }) => `${selection}\u0000${field}`).values()].map(
      ([first]) => ({ selection: first?.selection ?? '', field: first?.field ?? '' }),
    ),
    hits,
  }));
}

interface Props {
  readonly matched: readonly MatchedField[];
  readonly limit: number;
  /** The alert of a rule, for whom exceptions can be made of its fields. */
  readonly alertKey?: string | undefined;
}

export function MatchedFields({ matched, limit, alertKey }: Props) {
  const lines = useMemo(() => groupMatches(matched), [matched]);
  return (
    <ul className={styles.groups}>
      {lines.map((line) => (
        <li key={`${line.names[0]?.field}\u0000${line.value}`}>
          <p className={`mono ${styles.field}`}>
            {line.names.map(({ selection, field }, i) => (
              <span key={`${selection}\u0000${field}`}>
                {i === 0 ? null : ', '}
                <Value text={selection} /> <FieldName field={field} value={line.value} alertKey={alertKey} />
              </span>
            ))}
          </p>
          <MatchedValue value={line.value} hits={line.hits} limit={limit} />
        </li>
      ))}
    </ul>
  );
}

/** Its menu is the value's: the value itself is text to read and to mark. */
function FieldName({
  field,
  value,
  alertKey,
}: {
  readonly field: string;
  readonly value: string;
  readonly alertKey: string | undefined;
}) {
  const navigate = useNavigate();
  const canManageRules = useCanManageRules();
  const name = nameOf(field);
  if (name === '') return <b>keyword</b>;
  const actions: readonly ValueAction[] = [
    {
      key: 'e',
      name: 'Search events with it',
      run: () => void navigate({ to: '/events', search: { q: valueQuery(name, value) } }),
    },
    ...(canManageRules && alertKey !== undefined
      ? [
          {
            key: 'x',
            name: 'Add an exception with it',
            run: () => ask({ type: 'exception', alertKey, field: name }),
          },
        ]
      : []),
  ];
  return (
    <ValueMenu field={name} text={value} actions={actions}>
      <b>
        <Value text={field} />
      </b>
    </ValueMenu>
  );
}

function MatchedValue({
  value,
  hits,
  limit,
}: {
  readonly value: string;
  readonly hits: readonly MatchedField[];
  readonly limit: number;
}) {
  const ranges = useMemo(
    () => mergeRanges(hits.flatMap((hit) => matchedRanges(hit.field, hit.pattern, value))),
    [hits, value],
  );
  if (value === '') return <span className="dim">empty</span>;
  return <Value text={value} hits={ranges} limit={limit} copy />;
}
