/** The dialog for what is asked. */
import type { Ask } from '../../lib/asks.ts';
import { AssignForm } from './assign.tsx';
import { CreateForm } from './create.tsx';
import { EscalateForm } from './escalate.tsx';
import { ExceptionForm } from './exception.tsx';
import { FacetPicker } from './facet-picker.tsx';
import { MergeForm, RenameForm } from './incident-forms.tsx';
import { TimeForm } from './time.tsx';
import { ViewForm } from './view.tsx';
import { WaitForm } from './wait.tsx';

export function Asked({ asked }: { readonly asked: Ask }) {
  switch (asked.type) {
    case 'wait':
      return <WaitForm subjects={asked.subjects} />;
    case 'escalate':
      return <EscalateForm subjects={asked.subjects} />;
    case 'assign':
      return <AssignForm subjects={asked.subjects} />;
    case 'create':
      return <CreateForm kind={asked.kind} alerts={asked.alerts} />;
    case 'view':
      return <ViewForm search={asked.search} />;
    case 'time':
      return <TimeForm range={asked.range} onRange={asked.onRange} />;
    case 'facet':
      return <FacetPicker facet={asked.facet} filter={asked.filter} onFilter={asked.onFilter} />;
    case 'merge':
      return <MergeForm incident={asked.incident} />;
    case 'rename':
      return <RenameForm incident={asked.incident} />;
    case 'exception':
      return <ExceptionForm alertKey={asked.alertKey} field={asked.field} />;
  }
}
