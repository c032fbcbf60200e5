/** A value of the queue that can be worked with: only it, without it, grouped by it, copied, looked up in events. */
import { useNavigate, useRouter } from '@tanstack/react-router';
import { exclude, type Filter, only, readFilter, type ValueFacet, writeFilter } from '../lib/filter.ts';
import { Value } from './value.tsx';
import { type ValueAction, ValueMenu } from './value-menu.tsx';

interface Props {
  readonly facet: ValueFacet;
  /** What filters take. */
  readonly id: string;
  /** What people read, and what is copied. */
  readonly name: string;
  readonly plain?: boolean;
  /** Rows have their own keys: Tab does not stop at each value. */
  readonly inRow?: boolean;
}

export function QueueValue({ facet, id, name, plain = false, inRow = false }: Props) {
  const navigate = useNavigate();
  const router = useRouter();
  /** On the queue what is chosen joins its filters; elsewhere it leads to the default view. */
  const go = (change: (filter: Filter) => Filter) => {
    const { pathname, search } = router.state.location;
    const here = readFilter(pathname === '/' ? search : {});
    void navigate({ to: '/', search: writeFilter(change(here)) });
  };
  const actions: readonly ValueAction[] = [
    { key: 'o', name: 'Only this', run: () => go((filter) => only(filter, facet, id)) },
    { key: 'x', name: 'Exclude', run: () => go((filter) => exclude(filter, facet, id)) },
    { key: 'g', name: `Group by ${facet}`, run: () => go((filter) => groupedBy(filter, facet)) },
    ...(facet === 'host' || facet === 'user' || facet === 'source'
      ? [
          {
            key: 'e',
            name: 'Search events',
            run: () => void navigate({ to: '/events', search: { [facet]: name } }),
          },
        ]
      : []),
    ...(facet === 'rule'
      ? [{ key: 'r', name: 'The rule', run: () => void navigate({ to: '/rules', search: { row: id } }) }]
      : []),
  ];
  return (
    <ValueMenu field={facet} text={name} actions={actions} skipTab={inRow}>
      <Value text={name} plain={plain} />
    </ValueMenu>
  );
}

const mostGroups = 3;

function groupedBy(filter: Filter, facet: ValueFacet): Filter {
  const others = filter.group.filter((field) => field !== facet);
  return { ...filter, group: [...others, facet].slice(-mostGroups) };
}
