/** Stored events to try a rule on: a query over some days, and a tick for each that is wanted. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { parseQuery } from '../../../../src/lang/query/parse.ts';
import { Bones } from '../../components/failure.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import { summaryOf } from '../../lib/event-summary.ts';
import { huntInput } from '../../lib/hunt.ts';
import styles from './panels.module.css';

interface Props {
  readonly picked: readonly string[];
  readonly onPick: (ids: readonly string[]) => void;
}

const spans = { '1d': 'last day', '7d': 'last 7 days', '30d': 'last 30 days', '': 'any time' } as const;
const shown = 50;

export function PickEvents({ picked, onPick }: Props) {
  const [typed, setTyped] = useState({ q: '', last: '' });
  const [asked, setAsked] = useState({ q: '', last: '', at: Date.now() });
  const parsed = parseQuery(typed.q);
  const { at, last, q } = asked;
  const input = { ...huntInput({ q, ...(last === '' ? {} : { last }) }, at), limit: shown };
  const events = useQuery(
    orpc.events.search.queryOptions({ input, placeholderData: (previous) => previous }),
  );
  return (
    <div className={styles.pick}>
      <form
        className={styles.line}
        onSubmit={(event) => {
          event.preventDefault();
          if (parsed.ok) setAsked({ ...typed, at: Date.now() });
        }}
      >
        <input
          className="field mono"
          aria-label="Query for stored events"
          placeholder="Image: *\\powershell.exe"
          spellCheck={false}
          value={typed.q}
          onChange={(event) => setTyped({ ...typed, q: event.target.value })}
        />
        <select
          className="field"
          aria-label="Time"
          value={typed.last}
          onChange={(event) => setTyped({ ...typed, last: event.target.value })}
        >
          {Object.entries(spans).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
        <button type="submit" className="btn" disabled={!parsed.ok}>
          Find
        </button>
      </form>
      {parsed.ok ? null : <p className={styles.refused}>{parsed.error.message}</p>}
      {events.isPending ? <Bones rows={4} height={28} /> : null}
      {events.isError ? (
        <p className={styles.refused}>It could not be searched. {explain(events.error)}</p>
      ) : null}
      {events.data?.items.length === 0 ? <p className="dim">No stored event is found by this.</p> : null}
      <ul className={styles.events} tabIndex={0} aria-label="Found events">
        {events.data?.items.map((event) => {
          const { lead, text } = summaryOf(event);
          return (
            <li key={event.eventId}>
              <label>
                <input
                  type="checkbox"
                  className="tick"
                  checked={picked.includes(event.eventId)}
                  onChange={({ target }) =>
                    onPick(
                      target.checked
                        ? [...picked, event.eventId]
                        : picked.filter((id) => id !== event.eventId),
                    )
                  }
                />
                <span className="num dim">
                  <When at={event.time} as="moment" />
                </span>
                <span className="cut">
                  <Value text={event.host || event.user || event.source} /> {lead} <Value text={text} />
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
