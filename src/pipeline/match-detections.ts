/** Matches of stateful rules as detections, with the events that they rest on read from the store. */
import { hashId } from '../base/ids.ts';
import { type Detection, type Evidence, evidencePerAlert, type MatchedField } from '../model/detection.ts';
import type { ContextId, DetectionId, EventId, RuleId, SourceId, TenantId } from '../model/ids.ts';
import type { Parser } from '../plugins/define.ts';
import type { EventStore, StoredEvent } from '../store/events.ts';
import type { Contexts } from './contexts.ts';
import type { FindException } from './match-exceptions.ts';
import { parseRecord } from './parse.ts';
import { rawBytes } from './rows.ts';
import type { FoundMatch } from './stateful.ts';

export interface MatchDetectionsDeps {
  readonly events: Pick<EventStore, 'at'>;
  readonly contexts: Pick<Contexts, 'get'>;
  readonly parsers: readonly Parser[];
  readonly findException: FindException;
}

/** Places asked of the store at once. */
const placesPerQuery = 1_000;

type Entry = FoundMatch['match']['entries'][number];

/** In the order given. An alert keeps the first 25 events, so that no more are read for a group. */
export async function matchDetections(
  found: readonly FoundMatch[],
  deps: MatchDetectionsDeps,
): Promise<readonly Detection[]> {
  const given = new Map<string, number>();
  const wanted = found.map((one) => {
    const key = JSON.stringify([one.tenant, one.match.document.id, one.match.group]);
    const before = given.get(key) ?? 0;
    given.set(key, before + one.match.entries.length);
    if (before < evidencePerAlert) return { one, entries: shownOf(one.match.entries) };
    // Exceptions look at the event that completed the match.
    return { one, entries: one.exceptions.length === 0 ? [] : one.match.entries.slice(-1) };
  });
  const stored = await readEvents(wanted, deps.events);
  const detections: Detection[] = [];
  for (const { one, entries } of wanted) {
    const events = entries.flatMap((entry) => stored.get(placeKey(one.tenant, entry)) ?? []);
    detections.push(await detectionOf(one, events, deps));
  }
  return detections;
}

/** The first ones and the last, which completed the match; each event once. */
function shownOf(entries: readonly Entry[]): readonly Entry[] {
  const places = new Set<string>();
  const distinct = entries.filter(
    ({ seq, idx }) => !places.has(`${seq}:${idx}`) && places.add(`${seq}:${idx}`),
  );
  if (distinct.length <= evidencePerAlert) return distinct;
  return [...distinct.slice(0, evidencePerAlert - 1), ...distinct.slice(-1)];
}

function placeKey(tenant: string, { seq, idx }: { readonly seq: number; readonly idx: number }): string {
  return `${tenant} ${seq} ${idx}`;
}

async function readEvents(
  wanted: readonly { readonly one: FoundMatch; readonly entries: readonly Entry[] }[],
  events: MatchDetectionsDeps['events'],
): Promise<ReadonlyMap<string, StoredEvent>> {
  const stored = new Map<string, StoredEvent>();
  const byTenant = new Map<TenantId, Entry[]>();
  for (const { one, entries } of wanted)
    byTenant.set(one.tenant, [...(byTenant.get(one.tenant) ?? []), ...entries]);
  for (const [tenant, places] of byTenant) {
    for (let from = 0; from < places.length; from += placesPerQuery) {
      for (const event of await events.at(tenant, places.slice(from, from + placesPerQuery))) {
        stored.set(placeKey(tenant, event), event);
      }
    }
  }
  return stored;
}

async function detectionOf(
  found: FoundMatch,
  events: readonly StoredEvent[],
  deps: MatchDetectionsDeps,
): Promise<Detection> {
  const { tenant, hash, match } = found;
  const { document, group } = match;
  const last = match.entries.at(-1);
  if (last === undefined) throw new Error(`the correlation ${document.id} matched on no event`);
  const evidence: Evidence[] = [];
  for (const event of events) evidence.push(await evidenceOf(event, matchedFields(match), deps));
  const completing = events.at(-1);
  return {
    id: hashId(tenant, document.id, hash, JSON.stringify(group), `${last.seq}:${last.idx}`) as DetectionId,
    tenant,
    ruleId: document.id as RuleId,
    ruleHash: hash,
    title: document.title,
    severity: document.level,
    eventId: (completing?.event_id ?? '') as EventId,
    seq: last.seq,
    idx: last.idx,
    eventTime: last.time,
    host: common(events, ({ host }) => host),
    user: common(events, ({ user }) => user),
    source: (completing?.source ?? '') as SourceId,
    group: JSON.stringify(group),
    ...fateOf(found, evidence.at(-1)?.native ?? {}, deps),
    evidence: evidence.at(-1) ?? null,
    contributing: evidence.slice(0, -1),
  };
}

/** Empty for a match that alerts; an exception is counted by itself also where the rule observes. */
function fateOf(
  { exceptions, observed, receivedAt, match }: FoundMatch,
  native: Evidence['native'],
  { findException }: MatchDetectionsDeps,
): Pick<Detection, 'observed' | 'exception'> {
  const exception = findException(exceptions, match, native, receivedAt);
  if (exception !== undefined) return { exception };
  return observed ? { observed: true } : {};
}

/** What all of them say, or '': an alert over several hosts is not about one of them. */
function common(events: readonly StoredEvent[], of: (event: StoredEvent) => string): string {
  const [first, ...others] = new Set(events.map(of));
  return others.length === 0 ? (first ?? '') : '';
}

function matchedFields({ document, group, value }: FoundMatch['match']): readonly MatchedField[] {
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
  return [
    { selection: document.spec.type, field: '', pattern: document.condition, value: shown },
    ...group.map(([field, of]) => ({ selection: 'group-by', field, pattern: '', value: of })),
  ];
}

async function evidenceOf(
  event: StoredEvent,
  matched: readonly MatchedField[],
  { contexts, parsers }: MatchDetectionsDeps,
): Promise<Evidence> {
  const context = await contexts.get(event.tenant as TenantId, event.context as ContextId);
  const outcome = parseRecord(event.raw, context, parsers);
  return {
    eventId: event.event_id as EventId,
    time: event.time,
    receivedAt: event.received,
    raw: rawBytes(event.raw, event.raw_encoding),
    native: outcome.kind === 'event' ? outcome.event.native : {},
    matched,
    parser: `${event.parser}@${event.parser_version}`,
  };
}
