/** One alert of an opened incident, a line. */
import { memo } from 'react';
import { PresenceMark } from '../../components/presence.tsx';
import { QueueValue } from '../../components/queue-value.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { alertSubject, standing } from '../../lib/subject.ts';
import type { AlertSummary } from '../../lib/types.ts';
import styles from './list.module.css';
import { AttackCell, type LineProps, RowFrame } from './row-parts.tsx';

interface Props extends LineProps {
  readonly alert: AlertSummary;
  readonly last: boolean;
}

export const MemberRow = memo(function MemberRow(props: Props) {
  const { alert, last, ...line } = props;
  return (
    <RowFrame
      {...line}
      subject={alertSubject(alert)}
      kind="member"
      last={last}
      done={alert.status === 'closed'}
    >
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
    </RowFrame>
  );
});
