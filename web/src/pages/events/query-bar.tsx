/** Where a query is typed: coloured as it is read, its fault underlined in place, names of fields offered. */
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { readQuery } from '../../../../src/lang/query/parse.ts';
import type { QueryFault, QueryToken } from '../../../../src/lang/query/scan.ts';
import { useKeys } from '../../app/use-keys.ts';
import { visibleText } from '../../lib/visible.ts';
import styles from './query.module.css';
import { QueryHelp } from './query-help.tsx';
import { completions, wordAt } from './suggest.ts';

interface Props {
  /** The query of the address. */
  readonly value: string;
  readonly running: boolean;
  /** Names of fields to offer. */
  readonly names: readonly string[];
  readonly onRun: (query: string) => void;
  readonly onStop: () => void;
  /** What stands between the field and the button. */
  readonly children: ReactNode;
}

export function QueryBar({ value, running, names, onRun, onStop, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [help, setHelp] = useState(false);
  const [told, setTold] = useState(false);
  const [picked, setPicked] = useState(-1);
  const [offered, setOffered] = useState<readonly string[]>([]);
  const ids = { fault: useId(), list: useId() };
  useEffect(() => setText(value), [value]);
  useKeys(1, { '/': () => input.current?.select() });
  const { result, tokens } = readQuery(text);
  const fault = result.ok ? null : result.error;
  // What is not finished yet is no fault while it is being typed.
  const shown = fault !== null && (told || fault.end <= text.length) ? fault : null;
  const run = () => {
    setTold(true);
    setOffered([]);
    if (fault === null) {
      onRun(text.trim());
      input.current?.blur();
    } else input.current?.setSelectionRange(fault.start, fault.start);
  };
  const offer = (query: string, caret: number) => {
    setOffered(completions(names, wordAt(query, caret)));
    setPicked(-1);
  };
  const take = (name: string) => {
    const caret = input.current?.selectionStart ?? text.length;
    const { start, end } = wordAt(text, caret);
    const next = `${text.slice(0, start)}${name}: ${text.slice(end).replace(/^\s*:?\s*/, '')}`;
    setText(next);
    setOffered([]);
    requestAnimationFrame(() =>
      input.current?.setSelectionRange(start + name.length + 2, start + name.length + 2),
    );
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const by = offered.length === 0 ? undefined : steps[event.key];
    const chosen = offered[picked] ?? (event.key === 'Tab' ? offered[0] : undefined);
    if (by !== undefined) setPicked(Math.max(-1, Math.min(picked + by, offered.length - 1)));
    else if (chosen !== undefined && (event.key === 'Enter' || event.key === 'Tab')) take(chosen);
    else if (event.key === 'Enter') run();
    else if (event.key === 'Escape') {
      if (offered.length > 0) setOffered([]);
      else input.current?.blur();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={styles.bar} role="search">
      <div className={styles.box} data-fault={shown !== null || undefined}>
        <div className={styles.paint} aria-hidden>
          <Painted text={text} tokens={tokens} fault={shown} scroll={input} />
        </div>
        <input
          ref={input}
          type="text"
          className={styles.input}
          aria-label="Query"
          aria-invalid={shown !== null}
          aria-describedby={ids.fault}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={offered.length > 0}
          aria-controls={ids.list}
          {...(offered[picked] === undefined ? {} : { 'aria-activedescendant': `${ids.list}-${picked}` })}
          placeholder='Every event. Try  host: web-*  and not user: SYSTEM, or "text in the record"'
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={10_000}
          value={text}
          onChange={(event) => {
            setTold(false);
            setText(event.target.value);
            offer(event.target.value, event.target.selectionStart ?? event.target.value.length);
          }}
          onBlur={() => {
            setTold(true);
            setOffered([]);
          }}
          onKeyDown={press}
        />
        <kbd aria-hidden>/</kbd>
        <ul
          id={ids.list}
          role="listbox"
          aria-label="Fields"
          className={styles.offers}
          hidden={offered.length === 0}
        >
          {offered.map((name, at) => (
            <li
              key={name}
              id={`${ids.list}-${at}`}
              role="option"
              aria-selected={at === picked}
              className="mono"
              onPointerDown={(event) => {
                event.preventDefault();
                take(name);
              }}
            >
              {visibleText(name)}
            </li>
          ))}
        </ul>
      </div>
      {children}
      <button type="button" className="btn" data-quiet aria-expanded={help} onClick={() => setHelp(true)}>
        Syntax
      </button>
      {running ? (
        <button type="button" className="btn" onClick={onStop}>
          <IconPlayerStop size={15} aria-hidden /> Stop <kbd aria-hidden>Esc</kbd>
        </button>
      ) : (
        <button type="button" className="btn" data-primary onClick={run}>
          <IconPlayerPlay size={15} aria-hidden /> Search
        </button>
      )}
      <p id={ids.fault} className={styles.fault} role="status" hidden={shown === null}>
        {shown === null ? null : (
          <>
            <b>{shown.message}</b> {shown.hint}
          </>
        )}
      </p>
      <QueryHelp opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}

interface PaintProps {
  readonly text: string;
  readonly tokens: readonly QueryToken[];
  readonly fault: QueryFault | null;
  readonly scroll: { readonly current: HTMLInputElement | null };
}

/** The same text under the field's own, which is transparent; it follows when the field scrolls. */
function Painted({ text, tokens, fault, scroll }: PaintProps) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = scroll.current;
    if (field === null) return undefined;
    const follow = () => {
      if (line.current !== null) line.current.style.translate = `${-field.scrollLeft}px`;
    };
    follow();
    field.addEventListener('scroll', follow);
    return () => field.removeEventListener('scroll', follow);
  });
  const cuts = new Set([0, text.length]);
  for (const { start, end } of fault === null ? tokens : [...tokens, fault]) {
    for (const at of [start, end]) if (at < text.length) cuts.add(at);
  }
  const borders = [...cuts].toSorted((a, b) => a - b);
  return (
    <div ref={line}>
      {borders.slice(0, -1).map((start, i) => {
        const kind = tokens.find((token) => token.start <= start && start < token.end)?.kind;
        const wrong = fault !== null && fault.start <= start && start < fault.end;
        return (
          <span key={start} data-kind={kind} data-wrong={wrong || undefined}>
            {text.slice(start, borders[i + 1])}
          </span>
        );
      })}
      {fault !== null && fault.end > text.length ? <span data-wrong> </span> : null}
    </div>
  );
}
