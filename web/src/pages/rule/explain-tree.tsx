/** The condition of a rule as a tree for one event: what is wanted, what the event has, and which part decides. */
import { Value } from '../../components/value.tsx';
import type { TrySubject } from '../../lib/types.ts';
import styles from './panels.module.css';

type Explained = TrySubject['explanations'][number];
type Row = Explained['rows'][number];

interface Props {
  readonly explanation: Explained;
  /** Says which rule it is. */
  readonly named: boolean;
  readonly onLine: (line: number) => void;
}

export function ExplainTree({ explanation, named, onLine }: Props) {
  const { logsource, rows, title, matches } = explanation;
  const wanted = [logsource.wanted.product, logsource.wanted.service, logsource.wanted.category].filter(
    (part) => part !== undefined,
  );
  const has = [
    logsource.event.product ?? 'no product',
    ...logsource.event.services,
    ...logsource.event.categories,
  ];
  return (
    <div className={styles.tree}>
      {named ? (
        <p>
          <b>{matches ? 'Match' : 'No match'}</b> of <Value text={title} plain />
        </p>
      ) : null}
      <Decides explanation={explanation} onLine={onLine} />
      <ul aria-label="Condition, part by part">
        <li data-outcome={logsource.outcome} data-decides={!logsource.outcome || undefined}>
          <Mark outcome={logsource.outcome} />
          <span>
            <b>logsource</b> <Value text={wanted.join(', ') || 'any'} />
            {logsource.outcome ? null : (
              <span className={styles.has}>
                the event is <Value text={has.join(', ')} />
              </span>
            )}
          </span>
        </li>
        {rows.map((row, at) => (
          <TreeRow key={`${at}`} row={row} decides={row.decides && logsource.outcome} onLine={onLine} />
        ))}
      </ul>
    </div>
  );
}

const mostNamed = 3;

/** Where the eye should go first: the parts that settle it. */
function Decides({ explanation: { rows, logsource, matches }, onLine }: Omit<Props, 'named'>) {
  if (matches) return null;
  if (!logsource.outcome)
    return (
      <p className={styles.decides} data-outcome="false">
        The event is of another logsource: the rule does not look at it.
      </p>
    );
  const leaves = rows.filter(({ kind, decides }) => kind === 'item' && decides);
  return (
    <p className={styles.decides} data-outcome="false">
      It rests on{' '}
      {leaves.slice(0, mostNamed).map(({ text, line, outcome }, at) => (
        <span key={`${at}`}>
          {at === 0 ? '' : ', '}
          <Value text={text === '' ? 'keywords' : text} limit={80} />{' '}
          {line === null ? null : (
            <button type="button" className={`link ${styles.lineLink}`} onClick={() => onLine(line)}>
              line {line}
            </button>
          )}
          {outcome ? ', which holds and must not' : ''}
        </span>
      ))}
      {leaves.length > mostNamed ? ` and ${leaves.length - mostNamed} more` : ''}.
    </p>
  );
}

interface RowProps {
  readonly row: Row;
  readonly decides: boolean;
  readonly onLine: (line: number) => void;
}

function TreeRow({ row, decides, onLine }: RowProps) {
  const { depth, outcome, kind, line } = row;
  const isLeaf = kind === 'item' || kind === 'value';
  return (
    <li
      data-outcome={outcome}
      data-decides={(decides && isLeaf) || undefined}
      style={{ paddingLeft: `${depth * 14 + 6}px` }}
    >
      <Mark outcome={outcome} />
      <span>
        <Name row={row} />
        <Found row={row} />
        {decides && isLeaf ? <span className="unseen"> (this decides)</span> : null}
      </span>
      {line !== null && kind === 'item' ? (
        <button type="button" className={`link ${styles.lineLink}`} onClick={() => onLine(line)}>
          line {line}
        </button>
      ) : null}
    </li>
  );
}

function Mark({ outcome }: { readonly outcome: boolean }) {
  return (
    <span className={styles.mark}>
      <span aria-hidden>{outcome ? '✓' : '✕'}</span>
      <span className="unseen">{outcome ? 'holds: ' : 'does not hold: '}</span>
    </span>
  );
}

const words = { and: 'all of', or: 'one of', not: 'not' } as const;

function Name({ row: { kind, text } }: Pick<RowProps, 'row'>) {
  if (kind === 'and' || kind === 'or' || kind === 'not') return <i>{words[kind]}</i>;
  if (kind === 'value')
    return (
      <>
        wants <Value text={text === '' ? '(empty)' : text} limit={200} />
      </>
    );
  if (kind === 'item' && text === '') return <b>keywords</b>;
  return (
    <b>
      <Value text={text} limit={200} />
    </b>
  );
}

function Found({ row: { kind, found, outcome } }: Pick<RowProps, 'row'>) {
  if (kind === 'item' && found === null)
    return outcome ? null : <span className={styles.has}>the event has no such field</span>;
  if (kind !== 'item' || found === null) return null;
  return (
    <span className={styles.has}>
      has{' '}
      {found.length === 0
        ? 'nothing'
        : found.map((value, at) => (
            <span key={`${at}`}>
              {at === 0 ? null : ', '}
              <Value text={value === '' ? '(empty)' : value} limit={160} />
            </span>
          ))}
    </span>
  );
}
