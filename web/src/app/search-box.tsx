/** The one search field of a page; `/` goes there. */

import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import styles from './page.module.css';
import { useCommands } from './use-keys.ts';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What Enter makes of the words, where it does more than leave the field. */
  readonly onEnter?: (value: string) => void;
}

const typingPauseMs = 250;

export function SearchBox({ label, value, onChange, onEnter }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, typingPauseMs);
  useEffect(() => setText(value), [value]);
  useCommands(1, { search: () => input.current?.select() });
  return (
    <div className={styles.search} role="search">
      <IconSearch size={15} aria-hidden />
      <input
        ref={input}
        type="search"
        className="field"
        placeholder={label}
        aria-label={label}
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          tell(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          // The words are kept; the keys are the list's again.
          event.preventDefault();
          if (event.key === 'Enter') onEnter?.(text);
          input.current?.blur();
        }}
      />
      <kbd aria-hidden>/</kbd>
    </div>
  );
}
