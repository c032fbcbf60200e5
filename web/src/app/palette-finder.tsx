/** What the palette finds: commands, views, alerts and incidents, and a key that runs each. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { SeverityMark } from '../components/severity.tsx';
import { Value } from '../components/value.tsx';
import { orpc } from '../lib/api.ts';
import { type CommandId, capsOf, commandIds, commands } from '../lib/commands.ts';
import { kindOfKey } from '../lib/subject.ts';
import type { QueueRow } from '../lib/types.ts';
import { builtInViews, ownViews } from '../lib/views.ts';
import styles from './palette.module.css';

interface Entry {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly caps: readonly string[];
  readonly row?: QueueRow;
  readonly run: () => void;
}

const typingPauseMs = 150;
const rowsFound = 6;

export function Finder({
  available,
  onClose,
}: {
  readonly available: ReadonlyMap<CommandId, () => void>;
  readonly onClose: () => void;
}) {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = useEntries(words, available);
  const current = Math.min(at, entries.length - 1);
  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    // After the dialog has given the focus back, so that what is opened next can take it.
    requestAnimationFrame(entry.run);
  };
  const keys = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Enter') run(entries[current]);
    if (by === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(current + by, 0), entries.length - 1);
    setAt(next);
    list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className={styles.palette}>
      <input
        className="field"
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries.length === 0 ? undefined : `palette-${current}`}
        aria-label="Search commands, alerts and incidents"
        placeholder="A command, ALR-12, INC-3, a host, a user, a title"
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div id="palette-list" role="listbox" aria-label="Found" className={styles.list} ref={list}>
        {entries.map((entry, i) => (
          <div
            key={entry.id}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === current}
            className={styles.entry}
            onPointerMove={() => setAt(i)}
            onClick={() => run(entry)}
          >
            {entry.row === undefined ? (
              <span className={styles.group}>{entry.group}</span>
            ) : (
              <span className={styles.group}>
                <SeverityMark severity={entry.row.severity} size={12} />{' '}
                <span className="mono">{entry.row.key}</span>
              </span>
            )}
            <span className="cut">
              <Value text={entry.name} plain />
            </span>
            {entry.caps.map((cap) => (
              <kbd key={cap}>{cap}</kbd>
            ))}
          </div>
        ))}
        {entries.length === 0 ? <p className="dim">Nothing is called that.</p> : null}
      </div>
    </div>
  );
}

function useEntries(words: string, available: ReadonlyMap<CommandId, () => void>): readonly Entry[] {
  const navigate = useNavigate();
  const wanted = words.trim().toLowerCase();
  const fixed = useMemo((): readonly Entry[] => {
    const own = commandIds.flatMap((id): readonly Entry[] => {
      const run = available.get(id);
      if (run === undefined || 'keyOnly' in commands[id] || id === 'palette') return [];
      return [{ id, group: commands[id].group, name: commands[id].name, caps: capsOf(id), run }];
    });
    const views = [...builtInViews, ...ownViews()].map((view) => ({
      id: `view:${view.name}`,
      group: 'View',
      name: view.name,
      caps: [],
      run: () => void navigate({ to: '/', search: view.search }),
    }));
    return [...own, ...views];
  }, [available, navigate]);
  const rows = useRows(words, (key) =>
    kindOfKey(key) === 'incident'
      ? navigate({ to: '/incidents/$key', params: { key } })
      : navigate({ to: '/alerts/$key', params: { key } }),
  );
  const found = fixed.filter(({ name, group }) =>
    wanted.split(/\s+/).every((word) => `${group} ${name}`.toLowerCase().includes(word)),
  );
  // Who types a key wants that; other words mean a command first.
  return isKey(words) ? [...rows, ...found] : [...found, ...rows];
}

function isKey(words: string): boolean {
  return /^(?:alr|inc)-\d+$/i.test(words.trim());
}

/** Rows by key, title, host or user; a key is found even in a closed incident's alert. */
function useRows(words: string, open: (key: string) => Promise<void>): readonly Entry[] {
  const [text] = useDebouncedValue(words.trim(), typingPauseMs);
  const found = useQuery(
    orpc.queue.list.queryOptions({
      input: { text, limit: rowsFound },
      enabled: text.length >= 2,
    }),
  );
  const rows = text.length >= 2 ? (found.data?.items ?? []) : [];
  const key = text.toUpperCase();
  const direct: readonly Entry[] =
    isKey(text) && rows.every((row) => row.key !== key)
      ? [{ id: key, group: 'Open', name: `Open ${key}`, caps: [], run: () => void open(key) }]
      : [];
  return [
    ...direct,
    ...rows.map((row) => ({
      id: row.id,
      group: row.key,
      name: row.title,
      caps: [],
      row,
      run: () => void open(row.key),
    })),
  ];
}
