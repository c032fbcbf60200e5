/** Where one stands in the list and what is selected: the cursor, the marks, and how they move. */
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type Filter, type QueueSearch, toggle, writeFilter } from '../../lib/filter.ts';
import { kindOfKey, type Subject, type Target } from '../../lib/subject.ts';
import { between, type Item, isStop, nextOpen, selectedSubjects, step, subjectOf } from './items.ts';

const none: readonly string[] = [];
/** Where one stood when the page was left, for coming back to it. */
let lastCursor: string | null = null;

export function useList(items: readonly Item[], filter: Filter, row: string | null) {
  const navigate = useNavigate();
  const isNarrow = useMediaQuery('(max-width: 900px)', false, { getInitialValueInEffect: false });
  const [cursor, setCursor] = useState<string | null>(row ?? lastCursor);
  const [marked, setMarked] = useState<readonly string[]>(none);
  const anchor = useRef<string | null>(null);
  useEffect(() => {
    lastCursor = cursor;
  }, [cursor]);
  useEffect(() => {
    if (row !== null) setCursor(row);
  }, [row]);
  const go = (search: QueueSearch) => void navigate({ to: '/', search, replace: true });
  const openPage = (key: string) =>
    void (kindOfKey(key) === 'incident'
      ? navigate({ to: '/incidents/$key', params: { key } })
      : navigate({ to: '/alerts/$key', params: { key } }));
  const peek = (key: string) => {
    if (isNarrow) openPage(key);
    else go({ ...writeFilter(filter), row: key });
  };
  /** The drawer follows where it is open; a group has none. */
  const moveTo = (item: Item | undefined) => {
    if (item === undefined) return;
    setCursor(item.key);
    if (row !== null && subjectOf(item) !== null) peek(item.key);
  };
  const at = cursor ?? row;
  const item = items.find((candidate) => candidate.key === at);
  const selected = useMemo(() => new Set(marked), [marked]);
  const picked = useMemo(() => selectedSubjects(items, selected), [items, selected]);
  const mark = (key: string) => {
    anchor.current = key;
    setMarked((keys) => toggle(keys, key));
  };
  const markTo = (key: string) => {
    const keys = between(items, anchor.current ?? at ?? key, key);
    setMarked((before) => [...new Set([...before, ...keys])]);
  };
  return {
    cursor: at,
    item,
    selected,
    /** What an action is done to: all that is selected, else the row under the cursor. */
    targets: picked.length > 0 ? picked : targetOf(item),
    picked,
    peek,
    openPage,
    mark,
    markTo,
    clear: () => setMarked(none),
    selectAll: () => setMarked(items.filter((one) => subjectOf(one) !== null).map((one) => one.key)),
    move: (by: 1 | -1) => moveTo(step(items, at, by)),
    moveToEnd: (end: 'first' | 'last') => {
      const stops = items.filter(isStop);
      moveTo(end === 'first' ? stops[0] : stops.at(-1));
    },
    /** Past what was just closed. */
    advance: (closed: readonly Target[]) => {
      setMarked(none);
      const next = nextOpen(items, new Set(closed.map(({ key }) => key)), at ?? '');
      if (next !== undefined) moveTo(next);
    },
    setCursor,
    leave: () => go(writeFilter(filter)),
    setFilter: (next: Filter) => {
      setMarked(none);
      go(writeFilter(next));
    },
  };
}

function targetOf(item: Item | undefined): readonly Subject[] {
  const subject = subjectOf(item);
  return subject === null ? [] : [subject];
}
