/** Escalating says what it does: an incident of it, another owner, and a note that goes along. */
import { useState } from 'react';
import { client } from '../../lib/api.ts';
import { endAsk } from '../../lib/asks.ts';
import { refresh, refreshCounts } from '../../lib/cache.ts';
import { explain } from '../../lib/errors.ts';
import { incidentSubject, isSubject, type Subject, type Target } from '../../lib/subject.ts';
import { showToast } from '../../lib/toasts.ts';
import { type Actions, useActions } from '../actions.tsx';
import styles from './form.module.css';
import { Field, Form } from './form.tsx';
import { PersonField } from './people.tsx';

interface Plan {
  readonly title: string;
  readonly makeIncident: boolean;
  readonly owner: { readonly id: string; readonly name: string };
  readonly note: string;
}

export function EscalateForm({ subjects }: { readonly subjects: readonly Subject[] }) {
  const { apply, comment } = useActions();
  const open = subjects.filter((subject) => subject.status !== 'closed');
  const onlyAlerts = open.every((subject) => subject.kind === 'alert');
  const [title, setTitle] = useState(open[0]?.title ?? '');
  // One that has its incident already would be taken out of it.
  const owned = open.flatMap((subject) => subject.incident?.key ?? []);
  const [makeIncident, setMakeIncident] = useState(onlyAlerts && owned.length === 0);
  const [owner, setOwner] = useState({ id: '', name: '' });
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const nothing = !makeIncident && owner.id === '';
  const submit = async () => {
    setBusy(true);
    const problem = await escalate(
      open,
      { title, makeIncident, owner, note: note.trim() },
      { apply, comment },
    );
    setBusy(false);
    if (problem === null) endAsk();
    else setFailed(problem);
  };
  return (
    <Form
      submit={submitText(makeIncident, owner.name)}
      disabled={nothing || (makeIncident && title.trim() === '')}
      busy={busy}
      failed={failed}
      onSubmit={() => void submit()}
    >
      {onlyAlerts ? (
        <label className={styles.check}>
          <input
            type="checkbox"
            className="tick"
            checked={makeIncident}
            onChange={(event) => setMakeIncident(event.target.checked)}
          />
          Make {open.length === 1 ? 'it' : `these ${open.length}`} an incident
          {owned.length === 0 ? '' : ` of its own, out of ${[...new Set(owned)].join(', ')}`}
        </label>
      ) : null}
      {makeIncident ? (
        <Field name="Title of the incident">
          {(id) => (
            <input
              id={id}
              className="field"
              maxLength={300}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      <PersonField
        name="Hand it to"
        none="Nobody new: the owner stays"
        value={owner.id}
        onChange={(id, name) => setOwner({ id, name })}
      />
      <Field name="Note" hint="what the next person must know">
        {(id) => (
          <textarea
            id={id}
            className="field"
            maxLength={20_000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </Form>
  );
}

function submitText(makeIncident: boolean, ownerName: string): string {
  const hand = ownerName === '' ? '' : `hand ${makeIncident ? 'it ' : ''}to ${ownerName}`;
  if (makeIncident) return ownerName === '' ? 'Make an incident' : `Make an incident, ${hand}`;
  return ownerName === '' ? 'Escalate' : `Hand to ${ownerName}`;
}

/** Null when all went well, else what failed and what is done already. */
async function escalate(
  subjects: readonly Subject[],
  plan: Plan,
  { apply, comment }: Actions,
): Promise<string | null> {
  let targets: readonly Target[] = subjects;
  if (plan.makeIncident) {
    try {
      const incident = await client.incidents.create({
        title: plan.title.trim(),
        severity: subjects[0]?.severity ?? 'medium',
        alerts: subjects.map(({ id }) => id),
      });
      targets = [incidentSubject(incident)];
      void refresh(subjects.map(({ id }) => id));
      void refreshCounts();
      showToast(
        `Made ${incident.key} of ${subjects.length === 1 ? subjects[0]?.key : `${subjects.length} alerts`}`,
      );
    } catch (error) {
      return `The incident could not be made; nothing was changed. ${explain(error)}`;
    }
  }
  const { owner, note } = plan;
  if (owner.id !== '') {
    // A refusal is told by the action itself, with both sides where somebody was faster.
    await apply(targets, { kind: 'assign', owner: owner.id, ownerName: owner.name });
  }
  const [first] = targets;
  if (note !== '' && first !== undefined) {
    for (const target of targets) if (isSubject(target)) await comment(target, note);
  }
  return null;
}
