/** Who looks at what, as the service told last. */
import { onLive } from './live.ts';
import type { PresentPerson } from './types.ts';

const nobody: readonly PresentPerson[] = [];
const people = new Map<string, readonly PresentPerson[]>();
const watchers = new Set<() => void>();

onLive((event) => {
  // After each of these the service says anew who looks at what.
  if (event.type === 'ping' || event.type === 'lagged') forget();
  if (event.type === 'presence' && event.subject !== undefined)
    tellPresence(event.subject.id, event.people ?? []);
});

function forget(): void {
  if (people.size === 0) return;
  people.clear();
  for (const watcher of watchers) watcher();
}

export function watchPresence(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** By id of the alert or incident. */
export function presenceOf(id: string): readonly PresentPerson[] {
  return people.get(id) ?? nobody;
}

export function tellPresence(id: string, now: readonly PresentPerson[]): void {
  if (now.length === 0) people.delete(id);
  else people.set(id, now);
  for (const watcher of watchers) watcher();
}
