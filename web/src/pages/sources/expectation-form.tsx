/** How long a source may be quiet before an alert is raised. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useCanManageRules } from '../../app/session.tsx';
import { client, orpc } from '../../lib/api.ts';
import { explain, isConflict } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import type { SourceHealth } from '../../lib/types.ts';
import { spanText } from './health.ts';
import styles from './sources.module.css';

type Expectation = SourceHealth['expectation'];

const pauses: readonly (readonly [minutes: number, name: string])[] = [
  [5, '5 minutes'],
  [15, '15 minutes'],
  [60, 'an hour'],
  [240, '4 hours'],
  [1_440, 'a day'],
  [10_080, 'a week'],
];

export function ExpectationForm({ source }: { readonly source: SourceHealth }) {
  const queries = useQueryClient();
  const canManage = useCanManageRules();
  const [busy, setBusy] = useState(false);
  const { expectation, pauseMs } = source;
  const value = expectation.kind === 'set' ? String(expectation.pauseMs) : expectation.kind;
  const known = pauses.some(([minutes]) => String(minutes * 60_000) === value);
  const auto =
    expectation.kind === 'auto' && pauseMs !== null
      ? `after ${spanText(pauseMs)}, as its history tells`
      : 'as its history tells';
  const set = async (next: Expectation) => {
    setBusy(true);
    try {
      await client.sources.expect({ id: source.id, version: source.version, expectation: next });
    } catch (error) {
      const why = isConflict(error)
        ? 'Somebody changed it meanwhile; this is what it is now.'
        : explain(error);
      showToast(`Not changed: ${source.id}. ${why}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.sources.health.key() });
    setBusy(false);
  };
  return (
    <label className={styles.expect}>
      <span>Raise an alert</span>
      <select
        className="field"
        disabled={!canManage || busy}
        value={value}
        onChange={(event) => void set(read(event.target.value))}
      >
        <option value="auto">{auto}</option>
        {pauses.map(([minutes, name]) => (
          <option key={minutes} value={minutes * 60_000}>
            after {name}
          </option>
        ))}
        {expectation.kind === 'set' && !known ? (
          <option value={value}>after {spanText(expectation.pauseMs)}</option>
        ) : null}
        <option value="off">never</option>
      </select>
    </label>
  );
}

function read(value: string): Expectation {
  if (value === 'auto' || value === 'off') return { kind: value };
  return { kind: 'set', pauseMs: Number(value) };
}
