/** A value of the queue that can be worked with: only it, without it, grouped by it, copied, looked up in events. */
import { useNavigate, useRouter } from '@tanstack/react-router';
import { copyText } from '../lib/copy.ts';
import {
  exclude,
  type Filter,
  type FilterSearch,
  only,
  readFilter,
  type ValueFacet,
  writeFilter,
} from '../lib/filter.ts';
import { type MenuItem, showMenu } from '../lib/menus.ts';
import { showToast } from '../lib/toasts.ts';
import { visibleText } from '../lib/visible.ts';
import styles from './value.module.css';
import { Value } from './value.tsx';

interface Props {
  readonly facet: ValueFacet;
  /** What filters take. */
  readonly id: string;
  /** What people read, and what is copied. */
  readonly name: string;
  readonly plain?: boolean;
}

const facetNames: Readonly<Record<ValueFacet, string>> = {
  rule: 'rule',
  host: 'host',
  user: 'user',
  source: 'source',
  tag: 'tag',
};

export function QueueValue({ facet, id, name, plain = false }: Props) {
  const open = useValueMenu();
  return (
    <button
      type="button"
      className={styles.worked}
      tabIndex={-1}
      aria-haspopup="menu"
      onClick={(event) => {
        event.stopPropagation();
        open(event.currentTarget, { facet, id, name });
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Value text={name} plain={plain} />
    </button>
  );
}

function useValueMenu() {
  const navigate = useNavigate();
  const router = useRouter();
  return (anchor: HTMLElement, { facet, id, name }: Props) => {
    const { pathname, search } = router.state.location;
    const here: Filter = readFilter(pathname === '/' ? (search as FilterSearch) : {});
    const go = (filter: Filter) => void navigate({ to: '/', search: writeFilter(filter) });
    const items: readonly MenuItem[] = [
      { label: 'Only this', act: () => go(only(here, facet, id)) },
      { label: 'Exclude', act: () => go(exclude(here, facet, id)) },
      {
        label: `Group by ${facetNames[facet]}`,
        act: () =>
          go({ ...here, group: [...here.group.filter((field) => field !== facet), facet].slice(-3) }),
      },
      { label: 'Copy the original', apart: true, act: () => void copy(name) },
      ...(facet === 'host' || facet === 'user' || facet === 'source'
        ? [{ label: 'Search events', act: () => void navigate({ to: '/events', search: { [facet]: name } }) }]
        : []),
      ...(facet === 'rule'
        ? [{ label: 'The rule', act: () => void navigate({ to: '/rules', search: { row: id } }) }]
        : []),
    ];
    showMenu(anchor, visibleText(name).slice(0, 120), items);
  };
}

async function copy(text: string): Promise<void> {
  const done = await copyText(text);
  if (done) showToast('Copied the original value');
  else showToast('The browser refused to copy; select it by hand.', { failed: true });
}
