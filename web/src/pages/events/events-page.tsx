/** Stored events: a query, when they happened, which fields they have, and one of them whole. */
import { IconLayoutSidebar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { parseQuery } from '../../../../src/lang/query/parse.ts';
import { Page } from '../../app/page.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { orpc } from '../../lib/api.ts';
import { huntInput, readColumns, spanMs, writeColumns } from '../../lib/hunt.ts';
import type { EventsSearch } from '../../lib/searches.ts';
import type { EventView } from '../../lib/types.ts';
import { valueActions } from './actions.ts';
import { askedFields, knownColumns } from './columns.ts';
import { EventDrawer } from './event-drawer.tsx';
import { EventList } from './event-list.tsx';
import styles from './events.module.css';
import { FieldsPanel } from './fields-panel.tsx';
import { Foot } from './foot.tsx';
import { Histogram } from './histogram.tsx';
import { QueryBar } from './query-bar.tsx';
import { Empty, Partly, Running } from './states.tsx';
import { TimeRange, typed } from './time-range.tsx';
import { useHunt } from './use-hunt.ts';
import { useMarks } from './use-marks.ts';
import { useRows } from './use-rows.ts';

const firstLimit = 500;
const mostShown = 10_000;
const aroundMs = 5 * 60_000;

export function EventsPage() {
  const search = useSearch({ from: '/in/events' });
  const navigate = useNavigate();
  const { row, ...asked } = search;
  const [run, setRun] = useState({ number: 0, at: Date.now() });
  const [limit, setLimit] = useState(firstLimit);
  const q = asked.q ?? '';
  const basis = asked.basis === 'received' ? 'received' : 'event';
  const columns = readColumns(asked.cols);
  const input = useMemo(
    () => huntInput({ q, ...timeOf(asked) }, run.at),
    [q, asked.from, asked.to, asked.last, asked.basis, run.at],
  );
  const readable = parseQuery(q).ok;
  const hunt = useHunt({ ...input, fields: askedFields(columns), limit }, run.number, readable);
  const counts = useQuery(
    orpc.events.histogram.queryOptions({
      input: { ...input, buckets: 400 },
      enabled: readable,
      placeholderData: (previous) => previous,
    }),
  );
  const showFields = asked.fields !== 'off';
  const facts = useQuery(
    orpc.events.fields.queryOptions({
      input,
      enabled: showFields && readable,
      placeholderData: (previous) => previous,
    }),
  );

  const go = (next: EventsSearch, replace = false) => void navigate({ to: '/events', search: next, replace });
  /** A search is a step that Back takes back; how it is looked at is none. */
  const ask = (change: EventsSearch) => {
    const next = clean({ ...asked, ...change });
    setLimit(firstLimit);
    // The address starts a search by itself; the same one, and one that counts back from now, need more.
    const isSame = JSON.stringify(next) === JSON.stringify(clean(asked));
    if (isSame || next.last !== undefined) setRun({ number: run.number + 1, at: Date.now() });
    if (!isSame) go(next);
  };
  const look = (change: EventsSearch) => go(clean({ ...search, ...change }), true);
  const setQuery = (query: string) => ask({ q: query });
  const toggleColumn = (name: string) => {
    const next = columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name];
    look({ cols: writeColumns(next) ?? '' });
  };
  const zoom = (from: number, to: number) => ask({ from: typed(from), to: typed(to), last: '' });
  const around = ({ time, received, host, eventId }: EventView) => {
    const at = Date.parse(basis === 'received' ? received : time);
    const hostQuery = host === '' ? {} : { host };
    go(
      clean({
        ...asked,
        q: '',
        ...hostQuery,
        from: typed(at - aroundMs),
        to: typed(at + aroundMs),
        last: '',
        row: eventId,
      }),
    );
  };
  const actionsOf = useMemo(() => valueActions(q, setQuery, toggleColumn), [q, search]);
  const rows = useRows(hunt.events, row, (id) => look({ row: id ?? '' }));
  const marks = useMarks(hunt.events);
  useKeys(1, {
    Escape: () => {
      if (hunt.status === 'running') hunt.stop();
      else if (row !== undefined) rows.open(undefined);
      else marks.clear();
    },
    f: () => look({ fields: showFields ? 'off' : '' }),
    r: () => ask({}),
    x: () => rows.current !== undefined && marks.toggle(rows.current),
  });
  const names = useMemo(() => fieldNames(facts.data), [facts.data]);
  const total = counts.data === undefined || counts.isPlaceholderData ? undefined : counts.data.total;
  return (
    <Page
      title="Events"
      count={total}
      tools={
        <button
          type="button"
          data-quiet
          className={`btn ${styles.wide}`}
          aria-pressed={showFields}
          title="List of fields (f)"
          onClick={() => look({ fields: showFields ? 'off' : '' })}
        >
          <IconLayoutSidebar size={16} aria-hidden /> Fields
        </button>
      }
    >
      <div className={styles.events}>
        <QueryBar
          value={q}
          running={hunt.status === 'running'}
          names={names}
          onRun={setQuery}
          onStop={hunt.stop}
        >
          <TimeRange
            value={timeOf(asked)}
            newest={counts.data?.newest ?? null}
            onChange={(time) => ask({ from: '', to: '', last: '', basis: '', ...time })}
          />
        </QueryBar>
        <div
          className={styles.main}
          data-fields={showFields || undefined}
          data-drawer={row !== undefined || undefined}
        >
          {showFields ? (
            <FieldsPanel
              facts={facts.data}
              error={facts.error}
              input={input}
              columns={columns}
              actionsOf={actionsOf}
              onColumn={toggleColumn}
            />
          ) : null}
          <section className={styles.found} aria-label="What was found">
            <Histogram
              counts={counts.data}
              loading={counts.isPending || counts.isPlaceholderData}
              failed={counts.isError}
              basis={basis}
              onZoom={zoom}
            />
            <div className={styles.notes}>
              <Running hunt={hunt} />
              {readable ? <Partly hunt={hunt} counts={counts.data} /> : null}
            </div>
            <div className={styles.list}>
              <Empty
                hunt={hunt}
                readable={readable}
                search={asked}
                newest={counts.data?.newest ?? null}
                onAsk={ask}
                onRetry={() => ask({})}
              />
              {hunt.events.length === 0 ? null : (
                <EventList
                  events={hunt.events}
                  columns={columns}
                  basis={basis}
                  old={hunt.old}
                  running={hunt.status === 'running'}
                  current={rows.current}
                  open={row}
                  marked={marks.ids}
                  actionsOf={actionsOf}
                  onOpen={rows.open}
                  onColumn={toggleColumn}
                />
              )}
            </div>
            <Foot
              hunt={hunt}
              total={total}
              marks={marks}
              onMore={limit < mostShown ? () => setLimit(mostShown) : null}
            />
          </section>
          {row === undefined ? null : (
            <EventDrawer
              id={row}
              actionsOf={actionsOf}
              onStep={rows.step}
              onAround={around}
              onClose={() => rows.open(undefined)}
            />
          )}
        </div>
      </div>
    </Page>
  );
}

function timeOf({
  from,
  to,
  last,
  basis,
}: EventsSearch): Pick<EventsSearch, 'from' | 'to' | 'last' | 'basis'> {
  return clean({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(last === undefined || spanMs(last) === null ? {} : { last }),
    ...(basis === undefined ? {} : { basis }),
  });
}

/** Without what is empty, so that the address says only what differs. */
function clean(search: EventsSearch): EventsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''));
}

function fieldNames(
  facts:
    | {
        readonly native: readonly { readonly name: string }[];
        readonly ocsf: readonly { readonly name: string }[];
      }
    | undefined,
): readonly string[] {
  const sampled = facts === undefined ? [] : [...facts.native, ...facts.ocsf].map((field) => field.name);
  return [...new Set([...knownColumns, ...sampled])];
}
