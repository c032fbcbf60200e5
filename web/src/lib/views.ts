/** Saved views: names for addresses of the queue. Those of a person are kept in this browser; each is just a link. */
import { anyFilter, defaultFilter, type Filter, type FilterSearch, writeFilter } from './filter.ts';

export interface View {
  readonly name: string;
  readonly search: FilterSearch;
  /** Saved here, so it can be removed. */
  readonly own: boolean;
}

const all: Filter = { ...anyFilter };
const open = defaultFilter.status;

export const builtInViews: readonly View[] = [
  view('Open · mine or unowned', defaultFilter),
  view('Mine', { ...all, status: open, owner: ['me'] }),
  view('Critical and high', { ...defaultFilter, severity: ['critical', 'high'] }),
  view('Waiting', { ...all, status: ['waiting'] }),
  view('Closed', { ...all, status: ['closed'], sort: 'newest' }),
];

function view(name: string, filter: Filter): View {
  return { name, search: writeFilter(filter), own: false };
}

const storageKey = 'watchfloor.views';
const watchers = new Set<() => void>();
let own: readonly View[] | null = null;

export function watchViews(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function ownViews(): readonly View[] {
  own ??= readViews(localStorage.getItem(storageKey));
  return own;
}

/** A view of the same name is replaced. */
export function saveView(name: string, search: FilterSearch): void {
  set([...ownViews().filter((other) => other.name !== name), { name, search, own: true }]);
}

export function removeView(name: string): void {
  set(ownViews().filter((other) => other.name !== name));
}

/** What another version of the console, or a person, left there may be anything. */
export function readViews(text: string | null): readonly View[] {
  let found: unknown;
  try {
    found = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(found)) return [];
  return found.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('name' in item) || !('search' in item)) return [];
    const { name, search } = item;
    if (typeof name !== 'string' || typeof search !== 'object' || search === null) return [];
    const words = Object.entries(search).filter(([, value]) => typeof value === 'string');
    return [{ name, search: Object.fromEntries(words), own: true }];
  });
}

function set(next: readonly View[]): void {
  own = next;
  localStorage.setItem(storageKey, JSON.stringify(next.map(({ name, search }) => ({ name, search }))));
  for (const watcher of watchers) watcher();
}
