/** One alert in the queue: 48 px, two lines, its one act within reach. */
import { IconUserCheck } from '@tabler/icons-react';
import { memo } from 'react';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { attackTags } from '../../lib/attack.ts';
import { standing } from '../../lib/changes.ts';
import type { AlertSummary } from '../../lib/types.ts';
import styles from './list.module.css';

interface Props {
  readonly alert: AlertSummary;
  readonly index: number;
  readonly selected: boolean;
  readonly current: boolean;
  /** No longer belongs to the view; stays until the list is refreshed. */
  readonly done: boolean;
  readonly mine: boolean;
  readonly canTriage: boolean;
  readonly onSelect: (key: string) => void;
  readonly onOpen: (key: string) => void;
  readonly onTake: (alert: AlertSummary) => void;
}

export const AlertRow = memo(function AlertRow(props: Props) {
  const { alert, index, selected, current, done, canTriage } = props;
  const canTake = canTriage && alert.ownerId === null && alert.status !== 'closed';
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      data-key={alert.key}
      data-done={done || undefined}
      className={styles.row}
      onClick={() => props.onSelect(alert.key)}
      onDoubleClick={() => props.onOpen(alert.key)}
    >
      <div role="gridcell" className={styles.severity}>
        <SeverityMark severity={alert.severity} />
      </div>
      <div role="gridcell" className={styles.title}>
        <p className="cut">
          <b>
            <Value text={alert.title} plain />
          </b>
          {alert.detections > 1 ? (
            <span className={`num ${styles.times}`} title={`${alert.detections} detections`}>
              ×{alert.detections.toLocaleString('en')}
            </span>
          ) : null}
        </p>
        <p className={`cut ${styles.second}`}>
          <span className="mono">{alert.key}</span>
          <Tags tags={alert.tags} inline />
        </p>
      </div>
      <div role="gridcell" className={styles.attack}>
        <Tags tags={alert.tags} />
      </div>
      <div role="gridcell" className={styles.entity}>
        <p className="cut">
          {alert.host === '' ? <span className="dim">no host</span> : <Value text={alert.host} />}
        </p>
        <p className={`cut ${styles.second}`}>
          {alert.user === '' ? 'no user' : <Value text={alert.user} />}
        </p>
      </div>
      <div role="gridcell" className={styles.source}>
        <p className="cut">
          <Value text={alert.source} plain />
        </p>
        <p className={`cut ${styles.second}`}>
          <span className={styles.moment}>
            <When at={alert.firstEventAt} as="moment" /> ·{' '}
          </span>
          <When at={alert.firstEventAt} />
        </p>
      </div>
      <div role="gridcell" className={styles.owner}>
        <p className={alert.ownerId === null ? 'cut dim' : 'cut'}>
          {alert.ownerId === null ? (
            'Unowned'
          ) : props.mine ? (
            'You'
          ) : (
            <Value text={alert.ownerName ?? ''} plain />
          )}
        </p>
        <p className={`cut ${styles.second}`}>{standing(alert)}</p>
        {canTake ? (
          <button
            type="button"
            className={`btn ${styles.take}`}
            data-icon
            tabIndex={-1}
            title="Assign to me (a)"
            aria-label={`Assign ${alert.key} to me`}
            onClick={(event) => {
              event.stopPropagation();
              props.onTake(alert);
            }}
          >
            <IconUserCheck size={16} stroke={1.7} aria-hidden />
          </button>
        ) : null}
      </div>
    </div>
  );
});

function Tags({ tags, inline = false }: { readonly tags: readonly string[]; readonly inline?: boolean }) {
  const { techniques, tactics } = attackTags(tags);
  const [first, ...more] = techniques;
  const title = [...techniques, ...tactics].join(', ');
  if (inline)
    return title === '' ? null : <span className={styles.inlineTags}> · {first ?? tactics[0]}</span>;
  return (
    <>
      <p className="cut" title={title}>
        {first === undefined ? null : <span className="mono">{first}</span>}
        {more.length > 0 ? <span className={styles.times}>+{more.length}</span> : null}
      </p>
      <p className={`cut ${styles.second}`} title={title}>
        {tactics[0] ?? ''}
      </p>
    </>
  );
}
