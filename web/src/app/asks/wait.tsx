/** For what it waits, and until when; it wakes by itself then. */
import { useState } from 'react';
import { endAsk } from '../../lib/asks.ts';
import { readInstant } from '../../lib/instants.ts';
import type { Subject } from '../../lib/subject.ts';
import { exact } from '../../lib/time.ts';
import { type Preset, waitPresets } from '../../lib/wait-presets.ts';
import { useActions } from '../actions.tsx';
import styles from './form.module.css';
import { Field, Form, Presets } from './form.tsx';

const usual = ["the user's answer", 'another team', 'more data', 'the change window'] as const;

export function WaitForm({ subjects }: { readonly subjects: readonly Subject[] }) {
  const { apply } = useActions();
  const [reason, setReason] = useState('');
  const [presets] = useState(() => waitPresets(Date.now()));
  const [until, setUntil] = useState(() => presets[1]?.until ?? '');
  const instant = readInstant(until);
  const isLater = instant !== null && Date.parse(instant) > Date.now();
  return (
    <Form
      submit="Let it wait"
      disabled={reason.trim() === '' || !isLater}
      onSubmit={() => {
        if (instant === null) return;
        endAsk();
        void apply(subjects, { kind: 'wait', waiting: { for: reason.trim(), until: instant } });
      }}
    >
      <Field name="For what">
        {(id) => (
          <input
            id={id}
            className="field"
            data-autofocus
            maxLength={500}
            placeholder="the user's answer"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Presets
        label="Usual reasons"
        options={usual.map((name) => ({ value: name, name }))}
        value={usual.find((name) => name === reason) ?? null}
        onPick={setReason}
      />
      <Field name="Until" hint="UTC">
        {(id) => (
          <input
            id={id}
            className="field mono"
            value={until}
            aria-invalid={!isLater}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
      </Field>
      <Presets
        label="Usual times"
        options={presets.map((preset: Preset) => ({ value: preset.until, name: preset.name }))}
        value={presets.find((preset) => preset.until === until)?.until ?? null}
        onPick={setUntil}
      />
      <p className={styles.does} role="status">
        {isLater
          ? `It leaves new and in triage, and comes back by itself at ${exact(instant).slice(0, 16)} UTC.`
          : 'The time must be later than now, like 2026-11-25 09:00.'}
      </p>
    </Form>
  );
}
