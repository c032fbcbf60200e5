/** What could not be seen around an alert: from facts that were looked up to sentences, each with where to look. Pure. */
import type { Instant } from '../../base/clock.ts';
import { isStart, type ProcessEvent, processOf } from './process-tree.ts';

/** Where a person looks for more: a page of the console and what stands in its address. */
export type UnseenLink =
  | { readonly page: 'source'; readonly source: string }
  | { readonly page: 'event'; readonly event: string }
  | {
      readonly page: 'events';
      /** One of both is given. */
      readonly host: string | null;
      readonly source: string | null;
      /** Only records that could not be read. */
      readonly unparsed: boolean;
      readonly from: Instant;
      readonly to: Instant;
    };

export interface Unseen {
  /** A stable word: `source_silent`, `no_process_events`, … */
  readonly kind:
    | 'events_gone'
    | 'source_silent'
    | 'source_late'
    | 'clock'
    | 'unparsed'
    | 'no_process_events'
    | 'parent_not_seen'
    | 'no_command_line'
    | 'not_an_asset';
  readonly text: string;
  readonly link: UnseenLink | null;
}

/** What is looked up for one alert. Null where it could not be asked, or does not concern it. */
export interface UnseenFacts {
  readonly source: string;
  readonly host: string;
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  readonly now: Instant;
  readonly health: {
    readonly silentSince: Instant | null;
    readonly lagHighMs: number | null;
    /** The longest pause that is expected; null for what has no pace, as an archive that was imported. */
    readonly pauseMs: number | null;
    readonly clockAheadMs: number;
  } | null;
  /** The first kept event, and whether the event store still has it. */
  readonly event:
    | (ProcessEvent & { readonly receivedAt: Instant; readonly parser: string; readonly stored: boolean })
    | null;
  /** Records of the source that could not be read, an hour around it; `more` when that is only the least. */
  readonly unparsed: { readonly count: number; readonly more: boolean };
  /** Process starts on the host in the day before the last event. */
  readonly processStarts: number | null;
  /** Whether the start of the process's parent is stored. */
  readonly parentStored: boolean | null;
  /** Those named that no list of assets knows, though there is one of their kind. */
  readonly unlisted: readonly { readonly kind: 'host' | 'user'; readonly name: string }[];
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** Less is the difference of any two clocks. */
const clockNoticedMs = 60_000;
const lateNoticedMs = 5 * 60_000;
/** Parsers of what a machine says of itself: of others no process is expected. */
const ofMachines = /^(?:windows|auditd|laurel|crowdstrike)/;

export function unseenOf(facts: UnseenFacts): readonly Unseen[] {
  return [
    ...ofStore(facts),
    ...ofSource(facts),
    ...ofClock(facts),
    ...ofProcesses(facts),
    ...facts.unlisted.map(
      ({ kind, name }): Unseen => ({
        kind: 'not_an_asset',
        text: `${name} is in no list of ${kind === 'host' ? 'assets' : 'identities'}: its owner, role and value are not known`,
        link: null,
      }),
    ),
  ];
}

function ofStore({ event }: UnseenFacts): readonly Unseen[] {
  if (event === null || event.stored) return [];
  const text =
    'Its events are no longer in the event store: what is kept here is all, and searches around it find nothing';
  return [{ kind: 'events_gone', text, link: null }];
}

function ofSource(facts: UnseenFacts): readonly Unseen[] {
  const { source, health, unparsed, lastEventAt, firstEventAt, now } = facts;
  const found: Unseen[] = [];
  const link = { page: 'source', source } as const;
  if (health !== null && health.silentSince !== null) {
    const text = `${source} has sent nothing since ${at(health.silentSince)}: what followed there is not here`;
    found.push({ kind: 'source_silent', text, link });
  } else if (
    health !== null &&
    health.pauseMs !== null &&
    health.lagHighMs !== null &&
    health.lagHighMs >= lateNoticedMs &&
    now - lastEventAt < health.lagHighMs
  ) {
    const text = `Records of ${source} come up to ${span(health.lagHighMs)} late: what followed may still be on its way`;
    found.push({ kind: 'source_late', text, link });
  }
  if (unparsed.count > 0) {
    const many = `${unparsed.more ? 'More than ' : ''}${unparsed.count.toLocaleString('en')}`;
    found.push({
      kind: 'unparsed',
      text: `${many} ${unparsed.count === 1 ? 'record' : 'records'} of ${source} within an hour of it could not be read`,
      link: {
        page: 'events',
        host: null,
        source,
        unparsed: true,
        from: firstEventAt - hourMs,
        to: lastEventAt + hourMs,
      },
    });
  }
  return found;
}

/** Its own clock where the event tells; else that of its source as a whole. */
function ofClock({ event, health, source, host }: UnseenFacts): readonly Unseen[] {
  if (event !== null && event.time - event.receivedAt >= clockNoticedMs) {
    const text = `The event is dated ${span(event.time - event.receivedAt)} after it was received: the clock of ${host === '' ? source : host} is ahead, and times before and after can not be compared`;
    return [{ kind: 'clock', text, link: { page: 'event', event: event.eventId } }];
  }
  if (health === null || health.clockAheadMs < clockNoticedMs) return [];
  const text = `Clocks of ${source} are up to ${span(health.clockAheadMs)} ahead: what happened in which order is not certain`;
  return [{ kind: 'clock', text, link: { page: 'source', source } }];
}

function ofProcesses(facts: UnseenFacts): readonly Unseen[] {
  const { host, event, processStarts, parentStored, lastEventAt } = facts;
  const found: Unseen[] = [];
  if (host !== '' && event !== null && event.stored && ofMachines.test(event.parser) && processStarts === 0) {
    found.push({
      kind: 'no_process_events',
      text: `No process start was recorded on ${host} in the 24 h before: what ran there is not known`,
      link: {
        page: 'events',
        host,
        source: null,
        unparsed: false,
        from: lastEventAt - dayMs,
        to: lastEventAt + 1,
      },
    });
  }
  if (event === null || !isStart(event.native)) return found;
  const link = { page: 'event', event: event.eventId } as const;
  if (event.stored && parentStored === false) {
    const image = textOf(event.native['ParentImage'] ?? event.native['ParentProcessName']);
    const parent = image.split(/[\\/]/).at(-1) ?? '';
    const text = `The start of the parent${parent === '' ? '' : ` ${parent}`} is not stored: what started it is not known`;
    found.push({ kind: 'parent_not_seen', text, link });
  }
  if (textOf(event.native['CommandLine']) === '') {
    const text = 'The event names no command line: with what arguments the program ran is not known';
    found.push({ kind: 'no_command_line', text, link });
  }
  return found;
}

/** The parent that the event of a start names; null for any other event. */
export function parentOfStart(native: ProcessEvent['native']): string | null {
  return isStart(native) ? (processOf(native)?.parent ?? null) : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function at(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${Math.max(1, minutes)} min`;
  const hours = Math.round(ms / hourMs);
  return hours < 48 ? `${hours} h` : `${Math.round(ms / dayMs)} d`;
}
