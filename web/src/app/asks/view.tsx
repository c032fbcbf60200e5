/** A name for the address that is shown; it is kept in this browser. */
import { useState } from 'react';
import { endAsk } from '../../lib/asks.ts';
import type { FilterSearch } from '../../lib/filter.ts';
import { showToast } from '../../lib/toasts.ts';
import { stringifySearch } from '../../lib/urls.ts';
import { ownViews, saveView } from '../../lib/views.ts';
import styles from './form.module.css';
import { Field, Form } from './form.tsx';

const nameLimit = 40;

export function ViewForm({ search }: { readonly search: FilterSearch }) {
  const [name, setName] = useState('');
  const replaces = ownViews().some((view) => view.name === name.trim());
  return (
    <Form
      submit={replaces ? 'Replace the view' : 'Save the view'}
      disabled={name.trim() === ''}
      onSubmit={() => {
        endAsk();
        saveView(name.trim(), search);
        showToast(`Saved the view ${name.trim()} in this browser`);
      }}
    >
      <Field name="Name">
        {(id) => (
          <input
            id={id}
            className="field"
            data-autofocus
            maxLength={nameLimit}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <p className={styles.does}>
        <span>
          A view is a name for this address, kept in this browser. Others get it when you send them the
          address:
        </span>
        <code className="mono cut">{`/${stringifySearch(search)}`}</code>
      </p>
    </Form>
  );
}
