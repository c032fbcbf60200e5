/** The one search field of a page; `/` goes there. */

import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import styles from './page.module.css';
import { useKeys } from './use-keys.ts';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const typingPauseMs = 250;

export function SearchBox({ label, value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, typingPauseMs);
  useEffect(() => setText(value), [value]);
  useKeys(1, { '/': () => input.current?.select() });
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
          input.current?.blur();
        }}
      />
      <kbd aria-hidden>/</kbd>
    </div>
  );
}
