/** Counts since start, by name: what came, what was kept, what was refused and why. */

export interface Counters {
  add(name: string, by?: number): void;
  snapshot(): Readonly<Record<string, number>>;
}

export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    add(name, by = 1) {
      if (by !== 0) counts.set(name, (counts.get(name) ?? 0) + by);
    },
    snapshot: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
