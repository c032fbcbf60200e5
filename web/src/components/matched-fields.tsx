/** Why it fired: the fields that matched, by selection, the matching part underlined. */
import { useMemo } from 'react';
import { matchedRanges, mergeRanges } from '../lib/matched.ts';
import type { MatchedField } from '../lib/types.ts';
import styles from './matched.module.css';
import { Value } from './value.tsx';

interface Group {
  readonly selection: string;
  readonly values: readonly {
    readonly field: string;
    readonly value: string;
    readonly hits: readonly MatchedField[];
  }[];
}

/** One line per selection and value: several patterns may have matched in the same value. */
function groupMatches(matched: readonly MatchedField[]): readonly Group[] {
  const bySelection = Map.groupBy(matched, (match) => match.selection);
  return [...bySelection].map(([selection, matches]) => ({
    selection,
    values: [...Map.groupBy(matches, (match) => `${match.field}\u0000${match.value}`).values()].map(
      (hits) => ({
        field: hits[0]?.field ?? '',
        value: hits[0]?.value ?? '',
        hits,
      }),
    ),
  }));
}

interface Props {
  readonly matched: readonly MatchedField[];
  readonly limit: number;
}

export function MatchedFields({ matched, limit }: Props) {
  const groups = useMemo(() => groupMatches(matched), [matched]);
  return (
    <ul className={styles.groups}>
      {groups.map((group) => (
        <li key={group.selection}>
          {group.values.map((line) => (
            <div key={`${line.field}\u0000${line.value}`} className={styles.line}>
              <p className={`mono ${styles.field}`}>
                <Value text={group.selection} />{' '}
                <b>
                  <Value text={line.field === '' ? 'keyword' : line.field} />
                </b>
              </p>
              <MatchedValue value={line.value} hits={line.hits} limit={limit} />
            </div>
          ))}
        </li>
      ))}
    </ul>
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
