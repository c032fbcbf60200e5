/** The one dialog that is open: whoever wants one says what it is about, the shell shows it. */
import type { Filter, FilterSearch, ValueFacet } from './filter.ts';
import type { TimeRange } from './ranges.ts';
import type { Subject } from './subject.ts';
import type { IncidentDetail, RowKind } from './types.ts';

export type Ask =
  | { readonly type: 'wait'; readonly subjects: readonly Subject[] }
  | { readonly type: 'escalate'; readonly subjects: readonly Subject[] }
  | { readonly type: 'assign'; readonly subjects: readonly Subject[] }
  /** `alerts`: what a new incident is made of. */
  | { readonly type: 'create'; readonly kind: RowKind; readonly alerts: readonly Subject[] }
  | { readonly type: 'view'; readonly search: FilterSearch }
  | { readonly type: 'time'; readonly range: TimeRange | null; readonly onRange: (range: TimeRange) => void }
  | {
      readonly type: 'facet';
      readonly facet: ValueFacet;
      readonly filter: Filter;
      readonly onFilter: (filter: Filter) => void;
    }
  | { readonly type: 'merge'; readonly incident: IncidentDetail }
  | { readonly type: 'rename'; readonly incident: IncidentDetail }
  /** `field`: only this one is chosen at first. */
  | { readonly type: 'exception'; readonly alertKey: string; readonly field: string | null };

const watchers = new Set<() => void>();
let open: Ask | null = null;

export function watchAsk(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function currentAsk(): Ask | null {
  return open;
}

export function ask(next: Ask): void {
  set(next);
}

export function endAsk(): void {
  set(null);
}

function set(next: Ask | null): void {
  open = next;
  for (const watcher of watchers) watcher();
}
