/** Events that come as several records: the records of a batch with one parser and group become one event. */
import type { ParsedEvent } from '../model/event.ts';
import type { Parser } from '../plugins/define.ts';

export interface JoinedEvent<T> {
  readonly event: ParsedEvent;
  /** What was kept with each of its records, in their order; never empty. */
  readonly records: readonly [T, ...T[]];
  readonly parser: Parser;
}

export interface Joiner<T> {
  /** Whether the record waits for others; `kept` comes back with the joined event. */
  take(event: ParsedEvent, parser: Parser, kept: T): boolean;
  /** The joined events, in the order of their first records. */
  finish(): readonly JoinedEvent<T>[];
}

interface Group<T> {
  readonly parser: Parser;
  readonly events: ParsedEvent[];
  readonly records: [T, ...T[]];
}

/**
 * One per batch: the batch is the window. It ends between two events wherever it can (`uncut.ts`), it is stored as
 * it was cut, and a replay reads it as it was stored; so what is joined never depends on when it is read.
 */
export function createJoiner<T>(): Joiner<T> {
  const groups = new Map<string, Group<T>>();
  return {
    take(event, parser, kept) {
      if (event.group === undefined || parser.join === undefined) return false;
      const key = `${parser.name}\n${event.group}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { parser, events: [event], records: [kept] });
      else {
        group.events.push(event);
        group.records.push(kept);
      }
      return true;
    },
    finish: () =>
      [...groups.values()].map(({ parser, events, records }) => ({
        event: joinWith(parser, events),
        records,
        parser,
      })),
  };
}

/** A parser whose `join` throws has a bug; its first record stands for the event then. */
function joinWith(parser: Parser, events: readonly ParsedEvent[]): ParsedEvent {
  const [first] = events as readonly [ParsedEvent, ...ParsedEvent[]];
  try {
    return parser.join?.(events) ?? first;
  } catch (thrown) {
    if (thrown instanceof Error) return first;
    throw thrown;
  }
}
