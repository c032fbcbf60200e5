/** What surrounds an alert, from both stores: its context, and the processes around its evidence. */
import type { ContextService, ProcessTree } from '../api/routes/services.ts';
import type { Instant } from '../base/clock.ts';
import { alertContext, buildProcessTree, type ProcessEvent, processOf } from '../features/alerts/index.ts';
import type { Scope } from '../model/actor.ts';
import type { NeverGroup } from '../model/never-group.ts';
import { alertUnseen, incidentUnseen, type UnseenDeps } from './unseen.ts';

export interface ContextDeps extends UnseenDeps {
  readonly neverGroup: () => NeverGroup;
}

const hourMs = 3_600_000;
/** A process may have started long before it did something; a process id may mean another one by then. */
const windows = { guid: 12 * hourMs, pid: hourMs } as const;
const eventsALook = 200;
/** Ancestors that are looked for beyond the parent that the evidence names. */
const ancestors = 4;

export function createContextService(deps: ContextDeps): ContextService {
  return {
    alert: (scope, id) => alertContext(deps.records.db, scope, id, deps.neverGroup()),
    processTree: (scope, id, signal) => processTree(deps, scope, id, signal),
    alertUnseen: (scope, id, signal) => alertUnseen(deps, scope, id, signal),
    incidentUnseen: (scope, id, signal) => incidentUnseen(deps, scope, id, signal),
  };
}

async function processTree(
  { alerts, events }: ContextDeps,
  scope: Scope,
  id: string,
  signal: AbortSignal,
): Promise<ProcessTree> {
  const alert = await alerts.get(scope, id);
  const evidence = alert.evidence.find((one) => processOf(one.native) !== null);
  if (evidence === undefined)
    return { nodes: [], notes: ['No event that this alert keeps names a process.'] };
  const focus: ProcessEvent = { eventId: evidence.eventId, time: evidence.time, native: evidence.native };
  const found = new Map<string, ProcessEvent>();
  const asked = new Set<string>();
  let cut = false;
  const span = windows[processOf(focus.native)?.self.startsWith('pid:') === true ? 'pid' : 'guid'];
  const look = async (process: string): Promise<void> => {
    if (asked.has(process)) return;
    asked.add(process);
    const around = { from: focus.time - span, to: focus.time + span };
    const records = await events.search(
      scope,
      { ...around, ...whereOf(alert, process), query: { kind: 'all' }, basis: 'event', limit: eventsALook },
      signal,
    );
    cut ||= records.length === eventsALook;
    for (const { event_id: eventId } of records) {
      if (found.has(eventId)) continue;
      const event = await events.get(scope, eventId);
      if (event !== null) found.set(eventId, { eventId, time: event.time, native: event.native });
    }
  };
  await lookUpwards(focus, found, look);
  return {
    nodes: buildProcessTree([...found.values()], focus),
    notes: [
      `From what is stored ${hours(focus.time, span)}.`,
      ...(cut ? [`Cut: only the newest ${eventsALook} events of a process were read.`] : []),
    ],
  };
}

/** The process itself with what it started, its parent with its other children, and so on up. */
async function lookUpwards(
  focus: ProcessEvent,
  found: ReadonlyMap<string, ProcessEvent>,
  look: (process: string) => Promise<void>,
): Promise<void> {
  const own = processOf(focus.native);
  let next: string | null = own?.self ?? null;
  for (let step = 0; step <= ancestors && next !== null; step++) {
    await look(next);
    const start = [focus, ...found.values()]
      .map((event) => processOf(event.native))
      .find((ids) => ids?.self === next && ids.parent !== null);
    next = start?.parent ?? null;
  }
}

/** By a GUID as text in raw; a process id as decimal and hexadecimal is only found by its field. */
function whereOf(alert: { readonly host: string }, process: string) {
  const host = alert.host === '' ? {} : { host: alert.host };
  if (!process.startsWith('pid:')) return { ...host, text: process };
  const pid = Number(process.slice(4));
  return { ...host, text: `0x${pid.toString(16)}` };
}

function hours(at: Instant, spanMs: number): string {
  return `${spanMs / hourMs} h before and after ${new Date(at).toISOString()}`;
}
