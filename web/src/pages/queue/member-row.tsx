/** One alert of an opened incident, a line. */
import { IconArrowBigUp, IconCheck } from '@tabler/icons-react';
import { memo } from 'react';
import { PresenceMark } from '../../components/presence.tsx';
import { QueueValue } from '../../components/queue-value.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { withKey } from '../../lib/commands.ts';
import { alertSubject, standing } from '../../lib/subject.ts';
import type { AlertSummary } from '../../lib/types.ts';
import styles from './list.module.css';
import { AttackCell, type LineProps, MarkCell, stop } from './queue-row.tsx';

interface Props extends Omit<LineProps, 'open'> {
  readonly alert: AlertSummary;
  readonly last: boolean;
}

export const MemberRow = memo(function MemberRow(props: Props) {
  const { alert, index, marked, shown, current, last, canTriage, act } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={marked || shown}
      tabIndex={current ? 0 : -1}
      data-key={alert.key}
      data-done={alert.status === 'closed' || undefined}
      data-shown={shown || undefined}
      data-marked={marked || undefined}
      data-last={last || undefined}
      className={`${styles.row} ${styles.member}`}
      onClick={(event) => act.click(alert.key, event)}
      onDoubleClick={() => act.openPage(alert.key)}
    >
      <MarkCell itemKey={alert.key} marked={marked} act={act} />
      <div role="gridcell" className={styles.fold}>
        <span className={styles.branch} aria-hidden />
      </div>
      <div role="gridcell" className={`num ${styles.priority}`}>
        {alert.priority}
      </div>
      <div role="gridcell" className={styles.severity}>
        <SeverityMark severity={alert.severity} size={13} />
      </div>
      <div role="gridcell" className={styles.title}>
        <p className="cut">
          <Value text={alert.title} plain />
          {alert.detections > 1 ? (
            <span className={`num ${styles.times}`}>×{alert.detections.toLocaleString('en')}</span>
          ) : null}
          <PresenceMark id={alert.id} />
        </p>
      </div>
      <AttackCell tags={alert.tags} single />
      <div role="gridcell" className={styles.entity}>
        <p className="cut">
          {alert.host === '' ? (
            <span className="dim">no host</span>
          ) : (
            <QueueValue
              inRow
              facet="host"
              id={alert.entity.kind === 'host' ? alert.entity.id : alert.host}
              name={alert.host}
            />
          )}
        </p>
      </div>
      <div role="gridcell" className={styles.source}>
        <p className={`cut ${styles.second}`}>
          <When at={alert.firstEventAt} as="moment" /> <Value text={alert.source} plain />
        </p>
      </div>
      <div role="gridcell" className={styles.owner}>
        <p className={`cut ${styles.second}`}>{standing(alert)}</p>
      </div>
      {canTriage && alert.status !== 'closed' ? <InRow alert={alert} act={act} /> : null}
    </div>
  );
});

function InRow({ alert, act }: Pick<Props, 'alert' | 'act'>) {
  return (
    <div role="gridcell" className={styles.inRow}>
      {alert.status === 'new' ? (
        <button
          type="button"
          className="btn"
          data-icon
          tabIndex={-1}
          aria-label={`Acknowledge ${alert.key}`}
          title={withKey('Acknowledge: seen, in triage', 'acknowledge')}
          onClick={(event) => stop(event, () => act.acknowledge(alertSubject(alert)))}
        >
          <IconCheck size={15} stroke={1.7} aria-hidden />
        </button>
      ) : null}
      <button
        type="button"
        className="btn"
        data-icon
        tabIndex={-1}
        aria-label={`Escalate ${alert.key}`}
        title={withKey('Escalate: hand over', 'escalate')}
        onClick={(event) => stop(event, () => act.escalate(alertSubject(alert)))}
      >
        <IconArrowBigUp size={15} stroke={1.7} aria-hidden />
      </button>
    </div>
  );
}
