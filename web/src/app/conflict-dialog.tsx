/** Two people, one alert: what you wanted, what it is now, and the choice. */
import { Modal } from '@mantine/core';
import { Value } from '../components/value.tsx';
import { When } from '../components/when.tsx';
import { type Change, standing, wishText } from '../lib/changes.ts';
import type { AlertSummary } from '../lib/types.ts';
import styles from './dialog.module.css';
import { useKeys } from './use-keys.ts';

export interface Conflict {
  readonly change: Change;
  readonly before: AlertSummary;
  readonly current: AlertSummary;
}

interface Props {
  readonly conflict: Conflict | null;
  readonly onKeep: () => void;
  readonly onReapply: (conflict: Conflict) => void;
}

export function ConflictDialog({ conflict, onKeep, onReapply }: Props) {
  useKeys(3, { Escape: onKeep }, { on: conflict !== null, exclusive: true });
  return (
    <Modal
      opened={conflict !== null}
      onClose={onKeep}
      centered
      size={520}
      closeOnEscape={false}
      title={conflict === null ? '' : `${conflict.current.key} has changed meanwhile`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {conflict === null ? null : <Sides conflict={conflict} onKeep={onKeep} onReapply={onReapply} />}
    </Modal>
  );
}

function Sides({ conflict, onKeep, onReapply }: Props & { readonly conflict: Conflict }) {
  const { change, before, current } = conflict;
  const reason = change.kind === 'close' && change.reason !== '' ? change.reason : null;
  return (
    <>
      <p className={styles.lead}>
        Nothing of yours was written. You tried to <b>{wishText(change)}</b>
        {reason === null ? null : <> (“{reason}”)</>}.
      </p>
      <table className={styles.sides}>
        <thead>
          <tr>
            <td />
            <th scope="col">You saw</th>
            <th scope="col">It is now</th>
          </tr>
        </thead>
        <tbody>
          <Side name="Status" before={standing(before)} now={standing(current)} />
          <Side name="Owner" before={before.ownerName ?? 'Unowned'} now={current.ownerName ?? 'Unowned'} />
          <Side name="Detections" before={String(before.detections)} now={String(current.detections)} />
          <tr>
            <th scope="row">Changed</th>
            <td>
              <When at={before.updatedAt} /> ago
            </td>
            <td>
              <When at={current.updatedAt} /> ago
            </td>
          </tr>
        </tbody>
      </table>
      <div className={styles.buttons}>
        <button type="button" className="btn" onClick={onKeep} data-autofocus>
          Keep what it is now
        </button>
        <button type="button" className="btn" data-primary onClick={() => onReapply(conflict)}>
          {current.status === 'closed' && change.kind !== 'reopen'
            ? 'Reopen and apply mine'
            : 'Apply mine on top'}
        </button>
      </div>
    </>
  );
}

function Side({
  name,
  before,
  now,
}: {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}) {
  return (
    <tr data-differs={before !== now || undefined}>
      <th scope="row">{name}</th>
      <td>
        <Value text={before} plain />
      </td>
      <td>
        <Value text={now} plain />
      </td>
    </tr>
  );
}
