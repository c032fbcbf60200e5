/** Tabs with counts: arrows move between them, one panel is shown. */
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import styles from './tabs.module.css';

export interface Tab<K extends string> {
  readonly key: K;
  readonly name: string;
  readonly count?: number;
  readonly body: () => ReactNode;
}

interface Props<K extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<K>[];
  readonly active: K;
  readonly onChange: (key: K) => void;
  readonly tools?: ReactNode;
}

export function Tabs<K extends string>({ label, tabs, active, onChange, tools }: Props<K>) {
  const id = useId();
  const at = Math.max(
    tabs.findIndex((tab) => tab.key === active),
    0,
  );
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    onChange(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  const shown = tabs[at];
  if (shown === undefined) return null;
  return (
    <div className={styles.tabs}>
      <div className={styles.head}>
        <div role="tablist" aria-label={label} className={styles.list} onKeyDown={move}>
          {tabs.map((tab, i) => (
            <button
              key={tab.key}
              id={`${id}-${tab.key}`}
              type="button"
              role="tab"
              aria-selected={i === at}
              aria-controls={`${id}-panel`}
              tabIndex={i === at ? 0 : -1}
              className={styles.tab}
              onClick={() => onChange(tab.key)}
            >
              {tab.name}
              {tab.count === undefined ? null : <span className="num">{tab.count.toLocaleString('en')}</span>}
            </button>
          ))}
        </div>
        {tools}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${shown.key}`} className={styles.panel}>
        {shown.body()}
      </div>
    </div>
  );
}
