/** Which time is searched: a span back from now, a range, or all that is stored. */
import { IconCalendarTime } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../../app/use-keys.ts';
import { spanMs } from '../../lib/hunt.ts';
import { readInstant } from '../../lib/instants.ts';
import type { EventsSearch } from '../../lib/searches.ts';
import { exact } from '../../lib/time.ts';
import styles from './range.module.css';

export type TimePart = Pick<EventsSearch, 'from' | 'to' | 'last' | 'basis'>;

interface Props {
  readonly value: TimePart;
  /** Time of the newest stored event. */
  readonly newest: string | null;
  readonly onChange: (value: TimePart) => void;
}

const spans: readonly (readonly [last: string, name: string])[] = [
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
];

export function TimeRange({ value, newest, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useKeys(1, { t: () => setOpen(true) });
  return (
    <div className={styles.range}>
      <button
        ref={button}
        type="button"
        className="btn"
        aria-haspopup="dialog"
        aria-expanded={open}
        title="Time range (t)"
        onClick={() => setOpen(!open)}
      >
        <IconCalendarTime size={15} aria-hidden /> {rangeName(value)}
        {value.basis === 'received' ? <span className="dim">received</span> : null}
      </button>
      {open ? (
        <Panel
          value={value}
          newest={newest}
          onClose={close}
          onChange={(next) => {
            close();
            onChange(next);
          }}
        />
      ) : null}
    </div>
  );
}

function Panel({ value, newest, onChange, onClose }: Props & { readonly onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [from, setFrom] = useState(value.from ?? '');
  const [to, setTo] = useState(value.to ?? '');
  const basis = value.basis === undefined ? {} : { basis: value.basis };
  const wrong = { from: isWrong(from), to: isWrong(to) };
  const start = readInstant(from);
  const end = readInstant(to);
  const backwards = start !== null && end !== null && start >= end;
  useKeys(2, { Escape: onClose });
  useEffect(() => {
    box.current?.querySelector('button')?.focus();
    const hear = (event: PointerEvent) => {
      const isInside =
        event.target instanceof Node && box.current?.parentElement?.contains(event.target) === true;
      if (!isInside) onClose();
    };
    document.addEventListener('pointerdown', hear);
    return () => document.removeEventListener('pointerdown', hear);
  }, [onClose]);
  const pick = (range: TimePart) => onChange({ ...range, ...basis });
  const apply = () => {
    if (wrong.from || wrong.to || backwards) return;
    pick({ ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) });
  };
  return (
    <div ref={box} className={styles.panel} role="dialog" aria-label="Time range">
      <div className={styles.spans}>
        <button type="button" className="btn" data-quiet onClick={() => pick({})}>
          All that is stored
        </button>
        {spans.map(([last, name]) => (
          <button key={last} type="button" className="btn" data-quiet onClick={() => pick({ last })}>
            {name}
          </button>
        ))}
        {newest === null ? null : (
          <button
            type="button"
            className="btn"
            data-quiet
            title={`The newest event is of ${exact(newest)}`}
            onClick={() => pick(dayBefore(newest))}
          >
            Newest day of data
          </button>
        )}
      </div>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Moment name="From (UTC)" value={from} wrong={wrong.from} onChange={setFrom} />
        <Moment name="To (UTC)" value={to} wrong={wrong.to} onChange={setTo} />
        <p className={styles.note} role="status">
          {wrong.from || wrong.to
            ? 'Write a time as 2026-11-24 14:07, or a date.'
            : backwards
              ? 'The end is not after the beginning.'
              : ''}
        </p>
        <fieldset className={styles.basis}>
          <legend>Time of</legend>
          {(['event', 'received'] as const).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="basis"
                checked={(value.basis ?? 'event') === one}
                onChange={() => {
                  const { basis: _, ...rest } = value;
                  onChange(one === 'event' ? rest : { ...rest, basis: one });
                }}
              />
              {one === 'event' ? 'the event' : 'receipt'}
            </label>
          ))}
        </fieldset>
        <button type="submit" className="btn" data-primary>
          Apply
        </button>
      </form>
    </div>
  );
}

interface MomentProps {
  readonly name: string;
  readonly value: string;
  readonly wrong: boolean;
  readonly onChange: (value: string) => void;
}

function Moment({ name, value, wrong, onChange }: MomentProps) {
  return (
    <label>
      <span>{name}</span>
      <input
        type="text"
        className="field"
        placeholder="2026-11-24 14:07"
        value={value}
        aria-invalid={wrong}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

function isWrong(text: string): boolean {
  return text !== '' && readInstant(text) === null;
}

function dayBefore(newest: string): TimePart {
  const end = Date.parse(newest) + 1;
  return { from: typed(end - 86_400_000), to: typed(end) };
}

/** An instant as it is typed: UTC, without what is zero at its end. */
export function typed(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/(?::00)?\.000Z$/, '')
    .replace(/Z$/, '');
}

export function rangeName({ from, to, last }: TimePart): string {
  if (last !== undefined && spanMs(last) !== null) {
    return spans.find(([known]) => known === last)?.[1] ?? `Last ${last}`;
  }
  if (from === undefined && to === undefined) return 'All that is stored';
  if (to === undefined) return `From ${from}`;
  if (from === undefined) return `Until ${to}`;
  const sameDay = from.slice(0, 10) === to.slice(0, 10) && to.length > 10;
  return `${from} – ${sameDay ? to.slice(11) : to}`;
}
