/** What can be done with all that is selected. */
import { useActions } from '../../app/actions.tsx';
import { useCanTriage, useMe } from '../../app/session.tsx';
import { VerdictBar } from '../../components/verdict-bar.tsx';
import { ask } from '../../lib/asks.ts';
import { takeOrGive } from '../../lib/changes.ts';
import { type CommandId, capsOf } from '../../lib/commands.ts';
import type { Subject, Target } from '../../lib/subject.ts';
import styles from './bulk.module.css';

interface Props {
  readonly subjects: readonly Subject[];
  readonly armed: boolean;
  readonly onArm: (armed: boolean) => void;
  readonly onClear: () => void;
  readonly onClosed: (closed: readonly Target[]) => void;
}

export function BulkBar({ subjects, armed, onArm, onClear, onClosed }: Props) {
  const me = useMe();
  const { apply } = useActions();
  const canTriage = useCanTriage();
  const alerts = subjects.filter(({ kind }) => kind === 'alert');
  const allClosed = subjects.every(({ status }) => status === 'closed');
  return (
    <section className={styles.bulk} aria-label="Selection">
      <p className={styles.head}>
        <b className="num">{subjects.length.toLocaleString('en')} selected</b>
        {canTriage && !allClosed ? (
          <>
            <Act
              id="assign"
              name={
                takeOrGive(subjects, me).kind === 'assign' && subjects.every((one) => one.ownerId === me.id)
                  ? 'Unassign'
                  : 'Assign to me'
              }
              onClick={() => void apply(subjects, takeOrGive(subjects, me))}
            />
            <Act
              id="acknowledge"
              name="Acknowledge"
              onClick={() => void apply(subjects, { kind: 'acknowledge' })}
            />
            <Act id="wait" name="Wait" onClick={() => ask({ type: 'wait', subjects })} />
            <Act id="escalate" name="Escalate" onClick={() => ask({ type: 'escalate', subjects })} />
            {alerts.length === subjects.length ? (
              <Act
                id="newIncident"
                name="Make one incident"
                onClick={() => ask({ type: 'create', kind: 'incident', alerts })}
              />
            ) : null}
            <Act id="close" name="Close" onClick={() => onArm(true)} />
          </>
        ) : null}
        {canTriage && allClosed ? (
          <Act id="reopen" name="Reopen" onClick={() => void apply(subjects, { kind: 'reopen' })} />
        ) : null}
        <Act id="back" name="Clear" onClick={onClear} />
      </p>
      {armed ? <VerdictBar subjects={subjects} armed onArm={onArm} onClosed={onClosed} /> : null}
    </section>
  );
}

function Act({
  id,
  name,
  onClick,
}: {
  readonly id: CommandId;
  readonly name: string;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" className="btn" onClick={onClick}>
      {name} <kbd>{capsOf(id)[0]}</kbd>
    </button>
  );
}
