/** What you wanted, what it was and is now, who changed it, and the choice. */
import { Value } from '../components/value.tsx';
import { When } from '../components/when.tsx';
import { type Conflict, wishText } from '../lib/changes.ts';
import { standing } from '../lib/subject.ts';
import styles from './dialog.module.css';

interface Props {
  readonly conflict: Conflict;
  readonly onKeep: () => void;
  readonly onReapply: (conflict: Conflict) => void;
}

export function Sides({ conflict, onKeep, onReapply }: Props) {
  const { change, before, current, by } = conflict;
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
          <Side
            name="Waits for"
            before={before.waiting?.for ?? 'nothing'}
            now={current.waiting?.for ?? 'nothing'}
          />
          <Side name="Owner" before={before.ownerName ?? 'Unowned'} now={current.ownerName ?? 'Unowned'} />
          <Side name="Priority" before={String(before.priority)} now={String(current.priority)} />
          {current.kind === 'incident' ? (
            <Side name="Alerts" before={String(before.alerts)} now={String(current.alerts)} />
          ) : null}
          <tr>
            <th scope="row">Changed</th>
            <td>
              <When at={before.updatedAt} /> ago
            </td>
            <td>
              <When at={current.updatedAt} /> ago
              {by === null ? null : (
                <>
                  {' '}
                  by <Value text={by} plain />
                </>
              )}
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
