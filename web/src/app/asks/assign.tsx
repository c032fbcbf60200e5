/** To whom. */
import { useState } from 'react';
import { endAsk } from '../../lib/asks.ts';
import type { Subject } from '../../lib/subject.ts';
import { useActions } from '../actions.tsx';
import { Form } from './form.tsx';
import { PersonField } from './people.tsx';

export function AssignForm({ subjects }: { readonly subjects: readonly Subject[] }) {
  const { apply } = useActions();
  const [person, setPerson] = useState({ id: '', name: '' });
  return (
    <Form
      submit={person.id === '' ? 'Unassign' : 'Assign'}
      onSubmit={() => {
        endAsk();
        void apply(subjects, {
          kind: 'assign',
          owner: person.id === '' ? null : person.id,
          ownerName: person.name,
        });
      }}
    >
      <PersonField
        name="Owner"
        none="Nobody"
        value={person.id}
        onChange={(id, name) => setPerson({ id, name })}
      />
    </Form>
  );
}
