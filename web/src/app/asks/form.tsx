/** What the dialogs have in common: a form, its fields, its foot with what Enter does. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { endAsk } from '../../lib/asks.ts';
import styles from './form.module.css';

interface FormProps {
  /** On the button: what will be done. */
  readonly submit: string;
  readonly disabled?: boolean;
  readonly busy?: boolean;
  readonly failed?: string | null;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

export function Form({
  submit,
  disabled = false,
  busy = false,
  failed = null,
  onSubmit,
  children,
}: FormProps) {
  const isOff = disabled || busy;
  const form = useRef<HTMLFormElement>(null);
  // The dialog itself looked for it before this part was loaded.
  useEffect(() => form.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus(), []);
  return (
    <form
      ref={form}
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isOff) onSubmit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isOff) onSubmit();
      }}
    >
      {children}
      {failed === null ? null : (
        <p className={styles.failed} role="alert">
          {failed}
        </p>
      )}
      <div className={styles.foot}>
        <button type="button" className="btn" onClick={endAsk}>
          Leave it <kbd>Esc</kbd>
        </button>
        <button type="submit" className="btn" data-primary disabled={isOff}>
          {submit} <kbd>Enter</kbd>
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly hint?: string;
  readonly children: (id: string) => ReactNode;
}

export function Field({ name, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>
        {name} {hint === undefined ? null : <span className="dim">{hint}</span>}
      </label>
      {children(id)}
    </div>
  );
}

/** Ready-made answers. */
export function Presets<T extends string>({
  label,
  options,
  value,
  onPick,
}: {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly name: string }[];
  readonly value: T | null;
  readonly onPick: (value: T) => void;
}) {
  return (
    <div className={styles.presets} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className="btn"
          aria-pressed={option.value === value}
          onClick={() => onPick(option.value)}
        >
          {option.name}
        </button>
      ))}
    </div>
  );
}
