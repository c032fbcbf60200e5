/** Names and values of an event, with a filter over both. */
import { useMemo, useState } from 'react';
import { flatFields } from '../lib/fields.ts';
import styles from './fields.module.css';
import { Value } from './value.tsx';
import { type ValueAction, ValueMenu } from './value-menu.tsx';

interface Props {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of which view: `native`, `OCSF`. */
  readonly what: string;
  /** With it each value opens a menu; without it each has a button to copy. */
  readonly actionsOf?: (field: string, text: string) => readonly ValueAction[];
}

/** Below this a filter is more to read than the table. */
const filterFrom = 8;

export function FieldsTable({ fields, what, actionsOf }: Props) {
  const [words, setWords] = useState('');
  const all = useMemo(() => flatFields(fields), [fields]);
  const wanted = words.trim().toLowerCase();
  const shown = all.filter(
    ({ name, text }) => name.toLowerCase().includes(wanted) || text.toLowerCase().includes(wanted),
  );
  if (all.length === 0) return <p className={`dim ${styles.none}`}>No {what} fields.</p>;
  return (
    <div className={styles.fields}>
      {all.length < filterFrom ? null : (
        <div className={styles.filter}>
          <input
            type="text"
            className="field"
            placeholder={`Filter ${all.length} ${what} fields`}
            aria-label={`Filter ${what} fields`}
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.preventDefault();
              event.currentTarget.blur();
            }}
          />
        </div>
      )}
      <table className={styles.table}>
        <tbody>
          {shown.map(({ name, text }) => (
            <tr key={name}>
              <th scope="row">
                <Value text={name} />
              </th>
              <td>
                {text === '' ? (
                  <span className="dim">empty</span>
                ) : actionsOf === undefined ? (
                  <Value text={text} limit={600} copy />
                ) : (
                  <MenuValue name={name} text={text} actions={actionsOf(name, text)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length === 0 ? <p className={`dim ${styles.none}`}>No field holds this.</p> : null}
    </div>
  );
}

interface MenuValueProps {
  readonly name: string;
  readonly text: string;
  readonly actions: readonly ValueAction[];
}

const longText = 600;

/** The way to the whole of a long value stands beside its menu, as a button can't hold another. */
function MenuValue({ name, text, actions }: MenuValueProps) {
  const [whole, setWhole] = useState(false);
  const isCut = text.length > longText && !whole;
  return (
    <>
      <ValueMenu field={name} text={text} actions={actions}>
        <Value text={isCut ? `${text.slice(0, longText)}…` : text} />
      </ValueMenu>
      {isCut ? (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {' '}
          all {text.length.toLocaleString('en')} characters
        </button>
      ) : null}
    </>
  );
}
