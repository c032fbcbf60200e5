/** Who can own it, by name. */
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../../lib/api.ts';
import { useMe } from '../session.tsx';
import { Field } from './form.tsx';

interface Props {
  readonly name: string;
  /** Without one: what the empty choice means. */
  readonly none: string;
  readonly value: string;
  readonly onChange: (id: string, name: string) => void;
}

export function PersonField({ name, none, value, onChange }: Props) {
  const me = useMe();
  const people = useQuery(orpc.session.people.queryOptions());
  const items = people.data?.items ?? [];
  const nameOf = (id: string) => items.find((person) => person.id === id)?.name ?? '';
  return (
    <Field name={name} {...(people.isError ? { hint: 'the names could not be read; try again later' } : {})}>
      {(id) => (
        <select
          id={id}
          className="field"
          data-autofocus
          value={value}
          onChange={(event) => onChange(event.target.value, nameOf(event.target.value))}
        >
          <option value="">{none}</option>
          {items.map((person) => (
            <option key={person.id} value={person.id}>
              {person.id === me.id ? `${person.name} (you)` : person.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
