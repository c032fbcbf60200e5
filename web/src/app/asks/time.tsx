/** From when to when, typed in UTC; either side may be left open. */
import { useState } from 'react';
import { endAsk } from '../../lib/asks.ts';
import { readInstant } from '../../lib/instants.ts';
import { rangeOf, spanOf, type TimeRange } from '../../lib/ranges.ts';
import { Field, Form } from './form.tsx';

interface Props {
  readonly range: TimeRange | null;
  readonly onRange: (range: TimeRange) => void;
}

export function TimeForm({ range, onRange }: Props) {
  const [span] = useState(() => (range === null ? { from: null, to: null } : spanOf(range, Date.now())));
  const [from, setFrom] = useState(() => typed(span.from));
  const [to, setTo] = useState(() => typed(span.to));
  const wanted = { from: read(from), to: read(to) };
  const isBad =
    Number.isNaN(wanted.from) ||
    Number.isNaN(wanted.to) ||
    (wanted.from !== null && wanted.to !== null && wanted.from >= wanted.to);
  const next = isBad ? null : rangeOf(wanted);
  return (
    <Form
      submit="Show this time"
      disabled={next === null}
      failed={isBad ? 'A time is like 2026-11-25 09:00, and the first lies before the second.' : null}
      onSubmit={() => {
        if (next === null) return;
        endAsk();
        onRange(next);
      }}
    >
      {(
        [
          ['From', from, setFrom],
          ['To', to, setTo],
        ] as const
      ).map(([name, value, set]) => (
        <Field key={name} name={name} hint="UTC">
          {(id) => (
            <input
              id={id}
              className="field mono"
              {...(name === 'From' ? { 'data-autofocus': true } : {})}
              placeholder="2026-11-25 09:00"
              value={value}
              onChange={(event) => set(event.target.value)}
            />
          )}
        </Field>
      ))}
    </Form>
  );
}

function typed(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** Null for an open side, NaN for what is no time. */
function read(text: string): number | null {
  if (text.trim() === '') return null;
  const instant = readInstant(text);
  return instant === null ? Number.NaN : Date.parse(instant);
}
