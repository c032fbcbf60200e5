/** Every value of a facet, found by part of its name. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Value } from '../../components/value.tsx';
import { orpc } from '../../lib/api.ts';
import { endAsk } from '../../lib/asks.ts';
import { explain } from '../../lib/errors.ts';
import { type Filter, toggle, type ValueFacet } from '../../lib/filter.ts';
import { toInput } from '../../lib/queue-input.ts';
import styles from './form.module.css';
import { Field, Form } from './form.tsx';

interface Props {
  readonly facet: ValueFacet;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

const typingPauseMs = 200;
const asked = 200;

export function FacetPicker({ facet, filter, onFilter }: Props) {
  const [picked, setPicked] = useState(filter[facet]);
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), typingPauseMs);
  const [input] = useState(() => toInput({ ...filter, [facet]: [] }, Date.now()));
  const answer = useQuery(
    orpc.queue.facet.queryOptions({
      input: { ...input, facet, values: asked, ...(search === '' ? {} : { search }) },
      placeholderData: (previous) => previous,
    }),
  );
  const values = answer.data?.values ?? [];
  const lost = picked.filter((value) => values.every((one) => one.value !== value));
  return (
    <Form
      submit={
        picked.length === 0
          ? `Any ${facet}`
          : `Only ${picked.length === 1 ? 'this' : `these ${picked.length}`}`
      }
      failed={answer.isError ? `The values could not be read. ${explain(answer.error)}` : null}
      onSubmit={() => {
        endAsk();
        onFilter({ ...filter, [facet]: picked });
      }}
    >
      <Field name={`Part of the ${facet}'s name`}>
        {(id) => (
          <input
            id={id}
            className="field"
            data-autofocus
            maxLength={200}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </Field>
      <div className={styles.values}>
        {[...lost.map((value) => ({ value, label: value, rows: null })), ...values].map(
          ({ value, label, rows }) => (
            <label key={value}>
              <input
                type="checkbox"
                className="tick"
                checked={picked.includes(value)}
                onChange={() => setPicked(toggle(picked, value))}
              />
              <span className="cut">
                <Value text={label} plain={facet === 'rule' || facet === 'source'} />
              </span>
              <span className="num dim">{rows?.toLocaleString('en')}</span>
            </label>
          ),
        )}
        {answer.isSuccess && values.length === 0 ? <p className="dim">None has this in its name.</p> : null}
      </div>
    </Form>
  );
}
