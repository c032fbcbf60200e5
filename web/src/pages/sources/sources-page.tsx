/** The sources: whether each still sends, how much, how late, and what could not be read. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../app/page.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { useListKeys } from '../../app/use-list-keys.ts';
import { Command } from '../../components/command.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import list from '../../components/list-page.module.css';
import states from '../../components/states.module.css';
import { orpc } from '../../lib/api.ts';
import type { SourcesSearch } from '../../lib/searches.ts';
import { rankOf } from './health.ts';
import { SourceDrawer } from './source-drawer.tsx';
import { SourceRow } from './source-row.tsx';
import styles from './sources.module.css';

const readAgainMs = 30_000;

export function SourcesPage() {
  const { row, text }: SourcesSearch = useSearch({ from: '/in/sources' });
  const navigate = useNavigate();
  const health = useQuery(orpc.sources.health.queryOptions({ refetchInterval: readAgainMs }));
  const all = health.data?.items ?? [];
  const wanted = (text ?? '').toLowerCase();
  const items = all
    .filter((one) => `${one.id} ${one.description ?? ''}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.id.localeCompare(b.id));
  const go = (search: SourcesSearch) => void navigate({ to: '/sources', search, replace: true });
  const filter = text === undefined ? {} : { text };
  const select = (id: string) => go(id === row ? filter : { ...filter, row: id });
  const first = row ?? items[0]?.id;
  const show = (id: string) => go({ ...filter, row: id });
  useListKeys({
    ids: items.map(({ id }) => id),
    open: row,
    attribute: 'data-source',
    select: show,
    leave: () => go(filter),
  });
  useKeys(1, { Enter: () => first !== undefined && show(first) });
  const open = all.find((one) => one.id === row);
  return (
    <Page
      title="Sources"
      count={health.data === undefined ? undefined : all.length}
      tools={
        <SearchBox
          label="Search name"
          value={text ?? ''}
          onChange={(next) => go(next === '' ? {} : { text: next })}
        />
      }
    >
      <div className={list.split}>
        <div className={list.scroll}>
          {health.isPending ? <Bones rows={8} height={48} /> : null}
          {health.isError && all.length === 0 ? (
            <Failure
              what="The sources could not be read."
              error={health.error}
              stillTrue="Intake goes on."
              onRetry={() => void health.refetch()}
            />
          ) : null}
          {health.isSuccess && items.length === 0 ? <NoSource filtered={all.length > 0} /> : null}
          {items.length === 0 ? null : (
            <div role="grid" aria-label="Sources" aria-rowcount={items.length + 1}>
              <Head />
              {items.map((source) => (
                <SourceRow
                  key={source.id}
                  source={source}
                  windowMs={health.data?.windowMs ?? 0}
                  selected={source.id === row}
                  current={source.id === (row ?? items[0]?.id)}
                  onSelect={select}
                />
              ))}
            </div>
          )}
        </div>
        {open === undefined ? null : (
          <SourceDrawer
            key={open.id}
            source={open}
            windowMs={health.data?.windowMs ?? 0}
            onLeave={() => go(filter)}
          />
        )}
      </div>
    </Page>
  );
}

function Head() {
  return (
    <div role="row" className={`${list.head} ${styles.columns}`}>
      {['State', 'Source', 'Last record', 'Two weeks', 'A minute', 'Lag', 'Unparsed'].map((name) => (
        <div key={name} role="columnheader" data-column={name}>
          {name}
        </div>
      ))}
    </div>
  );
}

function NoSource({ filtered }: { readonly filtered: boolean }) {
  if (filtered) {
    return (
      <div className={states.state}>
        <p className={states.title}>No source has this name</p>
      </div>
    );
  }
  return (
    <div className={states.steps}>
      <p className={states.title}>No source yet</p>
      <p>Add one; its token is shown once, and whoever has it may send:</p>
      <Command text='./watchfloor sources add dc-01 "domain controller"' />
      <p>Or import a file:</p>
      <Command text="./watchfloor import FILE" />
    </div>
  );
}
