/** Nothing to show: either all is done, or nothing has ever come in. */
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Command } from '../../components/command.tsx';
import { Bones } from '../../components/failure.tsx';
import states from '../../components/states.module.css';
import { orpc } from '../../lib/api.ts';
import { anyFilter, defaultFilter, type Filter } from '../../lib/filter.ts';

interface Props {
  readonly isDefault: boolean;
  readonly onFilter: (filter: Filter) => void;
}

export function EmptyView({ isDefault, onFilter }: Props) {
  const all = useQuery(orpc.queue.list.queryOptions({ input: { limit: 1 } }));
  if (all.isPending) return <Bones rows={6} height={48} />;
  if (all.data?.total === 0) return <FirstUse />;
  return (
    <div className={states.state}>
      <IconCircleCheck size={26} stroke={1.5} aria-hidden />
      <p className={states.title}>
        {isDefault ? 'Nothing open is yours or unowned' : 'Nothing fits these filters'}
      </p>
      {isDefault ? null : (
        <button type="button" className="btn" onClick={() => onFilter(defaultFilter)}>
          Back to the default view
        </button>
      )}
      {all.data === undefined ? null : (
        <button type="button" className="link num" onClick={() => onFilter(anyFilter)}>
          {all.data.total === 1
            ? 'Show the 1 row of all views'
            : `Show all ${all.data.total.toLocaleString('en')} rows`}
        </button>
      )}
    </div>
  );
}

function FirstUse() {
  return (
    <div className={states.steps}>
      <p className={states.title}>No alert yet</p>
      <p>
        An alert is raised when an event matches a rule, or when another product reports a finding. Two
        commands lead there; this page follows by itself.
      </p>
      <ol>
        <li>
          <h2>1. Load Sigma rules, beside the starter rules that are on</h2>
          <p>A file, a folder or an archive of YAML rules. A rule looks at records that come after it.</p>
          <Command text="./watchfloor rules load PATH" />
        </li>
        <li>
          <h2>2. Import records</h2>
          <p>Files of any age, plain or gzip; the format is recognised.</p>
          <Command text="./watchfloor import FILE" />
        </li>
      </ol>
    </div>
  );
}
