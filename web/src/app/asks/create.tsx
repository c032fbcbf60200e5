/** An alert or incident by hand: the helpdesk called. */
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../lib/api.ts';
import { endAsk } from '../../lib/asks.ts';
import { refresh, refreshCounts } from '../../lib/cache.ts';
import { explain } from '../../lib/errors.ts';
import { readInstant } from '../../lib/instants.ts';
import type { Subject } from '../../lib/subject.ts';
import { showToast } from '../../lib/toasts.ts';
import { type RowKind, type Severity, severities, severityNames } from '../../lib/types.ts';
import styles from './form.module.css';
import { Field, Form } from './form.tsx';

interface Props {
  readonly kind: RowKind;
  readonly alerts: readonly Subject[];
}

interface Draft {
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly host: string;
  readonly user: string;
  readonly at: string;
}

export function CreateForm({ kind, alerts }: Props) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>({
    title: alerts[0]?.title ?? '',
    description: '',
    severity: alerts[0]?.severity ?? 'medium',
    host: '',
    user: '',
    at: '',
  });
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const at = readInstant(draft.at);
  const badTime = draft.at.trim() !== '' && at === null;
  const submit = async () => {
    setBusy(true);
    try {
      const { key } = await create(kind, draft, at, alerts);
      endAsk();
      void refresh(alerts.map(({ id }) => id));
      void refreshCounts();
      showToast(`Made ${key}`);
      void (kind === 'alert'
        ? navigate({ to: '/alerts/$key', params: { key } })
        : navigate({ to: '/incidents/$key', params: { key } }));
    } catch (error) {
      setBusy(false);
      setFailed(`It could not be stored; what you typed is still here. ${explain(error)}`);
    }
  };
  return (
    <Form
      submit={kind === 'alert' ? 'Make the alert' : 'Make the incident'}
      disabled={draft.title.trim() === '' || badTime}
      busy={busy}
      failed={failed}
      onSubmit={() => void submit()}
    >
      {alerts.length === 0 ? null : (
        <p className={styles.does}>Of {alerts.map(({ key }) => key).join(', ')}</p>
      )}
      <Field name="Title">
        {(id) => (
          <input
            id={id}
            className="field"
            data-autofocus
            maxLength={300}
            placeholder="Helpdesk: user reports a strange sign-in prompt"
            value={draft.title}
            onChange={(event) => set({ title: event.target.value })}
          />
        )}
      </Field>
      <Field name="Severity">
        {(id) => (
          <select
            id={id}
            className="field"
            value={draft.severity}
            onChange={(event) => set({ severity: event.target.value as Severity })}
          >
            {severities.map((severity) => (
              <option key={severity} value={severity}>
                {severityNames[severity]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {kind === 'alert' ? <About draft={draft} badTime={badTime} onChange={set} /> : null}
      <Field name="What is known">
        {(id) => (
          <textarea
            id={id}
            className="field"
            rows={4}
            maxLength={20_000}
            value={draft.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
      </Field>
    </Form>
  );
}

function About({
  draft,
  badTime,
  onChange,
}: {
  readonly draft: Draft;
  readonly badTime: boolean;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  return (
    <>
      <div className={styles.two}>
        {(['host', 'user'] as const).map((name) => (
          <Field key={name} name={name === 'host' ? 'Host' : 'User'}>
            {(id) => (
              <input
                id={id}
                className="field mono"
                maxLength={255}
                value={draft[name]}
                onChange={(event) => onChange({ [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <Field name="When it happened" hint="UTC; now where nothing is said">
        {(id) => (
          <input
            id={id}
            className="field mono"
            placeholder="2026-11-25 09:00"
            aria-invalid={badTime}
            value={draft.at}
            onChange={(event) => onChange({ at: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

function create(
  kind: RowKind,
  draft: Draft,
  at: string | null,
  alerts: readonly Subject[],
): Promise<{ readonly key: string }> {
  const words = {
    title: draft.title.trim(),
    description: draft.description.trim(),
    severity: draft.severity,
  };
  if (kind === 'incident') return client.incidents.create({ ...words, alerts: alerts.map(({ id }) => id) });
  return client.alerts.create({
    ...words,
    host: draft.host.trim(),
    user: draft.user.trim(),
    ...(at === null ? {} : { at }),
  });
}
