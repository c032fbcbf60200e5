/** What the events are limited to; each part is applied on Enter or when its field is left. */
import { useState } from 'react';
import { readInstant } from '../../lib/instants.ts';
import type { EventsFilter } from '../../lib/searches.ts';
import styles from './events.module.css';

interface Props {
  readonly filter: EventsFilter;
  readonly onChange: (filter: EventsFilter) => void;
}

const parts = [
  { name: 'host', label: 'Host' },
  { name: 'user', label: 'User' },
  { name: 'source', label: 'Source' },
  { name: 'from', label: 'From (UTC)' },
  { name: 'to', label: 'To (UTC)' },
] as const;

type PartName = (typeof parts)[number]['name'];

export function Filters({ filter, onChange }: Props) {
  const set = (name: keyof EventsFilter, value: string) => {
    const { [name]: before = '', ...rest } = filter;
    if (value !== before) onChange(value === '' ? rest : { ...rest, [name]: value });
  };
  return (
    <div className={styles.filters}>
      {parts.map(({ name, label }) => (
        <Part
          key={name}
          name={name}
          label={label}
          value={filter[name] ?? ''}
          onSet={(value) => set(name, value)}
        />
      ))}
      <label>
        <span>Records</span>
        <select
          className="field"
          value={filter.kind ?? ''}
          onChange={(event) => set('kind', event.target.value)}
        >
          <option value="">All</option>
          <option value="parsed">Parsed</option>
          <option value="unparsed">Could not be parsed</option>
        </select>
      </label>
    </div>
  );
}

interface PartProps {
  readonly name: PartName;
  readonly label: string;
  readonly value: string;
  readonly onSet: (value: string) => void;
}

function Part({ name, label, value, onSet }: PartProps) {
  const [text, setText] = useState(value);
  const isTime = name === 'from' || name === 'to';
  const isWrong = isTime && text.trim() !== '' && readInstant(text) === null;
  const finish = () => {
    if (!isWrong) onSet(text.trim());
  };
  return (
    <label>
      <span>{label}</span>
      <input
        type="text"
        className="field"
        value={text}
        placeholder={isTime ? 'YYYY-MM-DD hh:mm' : ''}
        aria-invalid={isWrong}
        title={isWrong ? 'Write it as 2020-05-02 or 2020-05-02 02:55' : undefined}
        onChange={(event) => setText(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          event.preventDefault();
          event.currentTarget.blur();
        }}
      />
    </label>
  );
}
