/** Where one stands in the list and what is selected: the cursor, the marks, and how they move. */
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type Filter, type QueueSearch, toggle, writeFilter } from '../../lib/filter.ts';
import { kindOfKey, type Subject, type Target } from '../../lib/subject.ts';
import {
  between,
  type Item,
  isStop,
  nextOpen,
  selectedSubjects,
  step,
  subjectKey,
  subjectOf,
} from './items.ts';
import { useShown } from './use-shown.ts';
import { useStable } from './use-stable.ts';

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
  const go = (search: QueueSearch) => void navigate({ to: '/', search, replace: true });
  const shown = useShown({
    row,
    write: (key) => go({ ...writeFilter(filter), row: key }),
    onLed: setCursor,
  });
  const at = cursor ?? shown.key;
  const item = useMemo(() => items.find((candidate) => candidate.key === at), [items, at]);
  const selected = useMemo(() => new Set(marked), [marked]);
  const picked = useMemo(() => selectedSubjects(items, selected), [items, selected]);
  /** What an action is done to: all that is selected, else the row under the cursor. */
  const targets = useMemo(() => (picked.length > 0 ? picked : targetOf(item)), [picked, item]);
  const openPage = (line: string) => {
    const key = subjectKey(line);
    shown.settle();
    void (kindOfKey(key) === 'incident'
      ? navigate({ to: '/incidents/$key', params: { key } })
      : navigate({ to: '/alerts/$key', params: { key } }));
  };
  const peek = (key: string) => {
    if (isNarrow) return openPage(key);
    setCursor(key);
    shown.show(subjectKey(key));
  };
  /** The drawer follows where it is open; a group has none. */
  const moveTo = (next: Item | undefined) => {
    if (next === undefined) return;
    setCursor(next.key);
    if (shown.key !== null && subjectOf(next) !== null) peek(next.key);
  };
  const acts = useStable({
    openPage,
    peek,
    mark: (key: string) => {
      if (key.startsWith('group:')) return;
      anchor.current = key;
      setMarked((keys) => toggle(keys, subjectKey(key)));
    },
    markTo: (key: string) => {
      const keys = between(items, anchor.current ?? at ?? key, key);
      setMarked((before) => [...new Set([...before, ...keys])]);
    },
    clear: () => setMarked(none),
    selectAllOrNone: (all: boolean) => setMarked(all ? subjectKeys(items) : none),
    move: (by: 1 | -1) => moveTo(step(items, at, by)),
    moveToEnd: (end: 'first' | 'last') =>
      moveTo(end === 'first' ? items.find(isStop) : items.findLast(isStop)),
    /** Past what was just closed. */
    advance: (closed: readonly Target[]) => {
      setMarked(none);
      const next = nextOpen(items, new Set(closed.map(({ key }) => key)), at ?? '');
      if (next !== undefined) moveTo(next);
    },
    setCursor,
    leave: () => {
      shown.drop();
      go(writeFilter(filter));
    },
    setFilter: (next: Filter) => {
      setMarked(none);
      shown.drop();
      go(writeFilter(next));
    },
  });
  return { ...acts, shown, cursor: at, item, selected, targets, picked };
}

function subjectKeys(items: readonly Item[]): readonly string[] {
  return [...new Set(items.flatMap((item) => subjectOf(item)?.key ?? []))];
}

function targetOf(item: Item | undefined): readonly Subject[] {
  const subject = subjectOf(item);
  return subject === null ? [] : [subject];
}
