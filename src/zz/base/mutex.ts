/** Turns: work that must not overlap, in the order in which it asked. */

export interface Mutex {
  /** Runs `work` when everything that asked before has ended, however it ended. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createMutex(): Mutex {
  let tail: Promise<void> = Promise.resolve();
  return {
    run(work) {
      const turn = tail.then(work);
      tail = turn.then(
        () => undefined,
        () => undefined,
      );
      return turn;
    },
  };
}

export interface KeyedMutex {
  /** Like Mutex, apart for each key. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Is anybody at work under this key? */
  busy(key: string): boolean;
}

export function createKeyedMutex(): KeyedMutex {
  const held = new Map<string, { mutex: Mutex; users: number }>();
  return {
    async run(key, work) {
      const entry = held.get(key) ?? { mutex: createMutex(), users: 0 };
      held.set(key, entry);
      entry.users += 1;
      try {
        return await entry.mutex.run(work);
      } finally {
        entry.users -= 1;
        if (entry.users === 0) held.delete(key);
      }
    },
    busy: (key) => held.has(key),
  };
}
