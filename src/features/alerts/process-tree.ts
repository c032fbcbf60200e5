/** Processes around one that an event names: from native Windows fields (Sysmon, Security 4688) to a tree. Pure. */
import type { Instant } from '../../base/clock.ts';

export interface ProcessNode {
  readonly id: string;
  readonly parentId: string | null;
  readonly pid: string;
  readonly image: string;
  readonly commandLine: string;
  readonly user: string;
  readonly at: Instant | null;
  readonly eventId: string | null;
  readonly focus: boolean;
}

/** A stored event, as far as the tree reads it. */
export interface ProcessEvent {
  readonly eventId: string;
  readonly time: Instant;
  readonly native: Readonly<Record<string, unknown>>;
}

export interface ProcessIds {
  /** GUID, or `pid:` and the process id as a decimal number. */
  readonly self: string;
  readonly parent: string | null;
}

/** Null for an event that names no process. */
export function processOf(native: ProcessEvent['native']): ProcessIds | null {
  const guid = guidOf(native, ['ProcessGuid', 'ProcessGUID', 'SourceProcessGUID', 'SourceProcessGuid']);
  if (guid !== null)
    return { self: guid, parent: guidOf(native, ['ParentProcessGuid', 'ParentProcessGUID']) };
  const started = pidOf(native, ['NewProcessId']);
  if (started !== null) {
    const parent = pidOf(native, ['ProcessId']);
    return { self: `pid:${started}`, parent: parent === null ? null : `pid:${parent}` };
  }
  const pid = pidOf(native, ['ProcessId', 'SourceProcessId']);
  return pid === null ? null : { self: `pid:${pid}`, parent: null };
}

/** True for an event that tells of a start: it has a parent or is a 4688. */
export function isStart(native: ProcessEvent['native']): boolean {
  return (
    guidOf(native, ['ParentProcessGuid', 'ParentProcessGUID']) !== null ||
    pidOf(native, ['NewProcessId']) !== null
  );
}

/**
 * Nodes, parents before children. An event of a start makes a node and names its parent; a parent of
 * which no start is stored is a node from what its child says. A process id that was used again is
 * one node with the start nearest to the focus.
 */
export function buildProcessTree(
  events: readonly ProcessEvent[],
  focus: ProcessEvent,
): readonly ProcessNode[] {
  const focusIds = processOf(focus.native);
  if (focusIds === null) return [];
  const nodes = new Map<string, ProcessNode>();
  const sorted = [...events, focus].sort(
    (a, b) =>
      Math.abs(a.time - focus.time) - Math.abs(b.time - focus.time) || (a.eventId < b.eventId ? -1 : 1),
  );
  for (const event of sorted) {
    const ids = processOf(event.native);
    if (ids === null || (!isStart(event.native) && ids.self !== focusIds.self)) continue;
    const known = nodes.get(ids.self);
    if (known === undefined || (known.at === null && isStart(event.native))) {
      nodes.set(ids.self, nodeOf(event, ids, ids.self === focusIds.self));
    }
    if (ids.parent !== null && !nodes.has(ids.parent)) nodes.set(ids.parent, parentOf(event, ids.parent));
  }
  return inOrder(connected(nodes, focusIds.self), focusIds.self);
}

function nodeOf(event: ProcessEvent, ids: ProcessIds, focus: boolean): ProcessNode {
  const { native } = event;
  const start = isStart(native);
  return {
    id: ids.self,
    parentId: ids.parent,
    pid: pidOf(native, ['NewProcessId']) ?? pidOf(native, ['ProcessId', 'SourceProcessId']) ?? '',
    image: text(native, ['NewProcessName', 'Image', 'SourceImage', 'ProcessName']),
    commandLine: text(native, ['CommandLine']),
    user: text(native, ['User', 'TargetUserName', 'SubjectUserName']),
    at: start ? event.time : null,
    eventId: event.eventId,
    focus,
  };
}

function parentOf({ native }: ProcessEvent, id: string): ProcessNode {
  return {
    id,
    parentId: null,
    pid: pidOf(native, ['ParentProcessId']) ?? (id.startsWith('pid:') ? id.slice(4) : ''),
    image: text(native, ['ParentImage', 'ParentProcessName']),
    commandLine: text(native, ['ParentCommandLine']),
    user: text(native, ['ParentUser']),
    at: null,
    eventId: null,
    focus: false,
  };
}

/** The focus with what is above it, and what it and its parent started. */
function connected(nodes: ReadonlyMap<string, ProcessNode>, focus: string): readonly ProcessNode[] {
  const kept = new Set<string>();
  for (let id: string | null = focus; id !== null && !kept.has(id); id = nodes.get(id)?.parentId ?? null)
    if (nodes.has(id)) kept.add(id);
    else break;
  let grew = true;
  const parent = nodes.get(focus)?.parentId ?? null;
  const roots = new Set(parent === null ? [focus] : [focus, parent]);
  while (grew) {
    grew = false;
    for (const node of nodes.values()) {
      if (kept.has(node.id) || node.parentId === null || !roots.has(node.parentId)) continue;
      kept.add(node.id);
      // Siblings are shown, not what they started; of the focus everything is.
      if (node.parentId !== parent) roots.add(node.id);
      grew = true;
    }
  }
  return [...nodes.values()].filter((node) => kept.has(node.id));
}

function inOrder(nodes: readonly ProcessNode[], focus: string): readonly ProcessNode[] {
  const ids = new Set(nodes.map((node) => node.id));
  const children = new Map<string | null, ProcessNode[]>();
  for (const node of nodes) {
    const parent = node.parentId !== null && ids.has(node.parentId) ? node.parentId : null;
    const list = children.get(parent) ?? [];
    children.set(parent, list);
    list.push(parent === null ? { ...node, parentId: null } : node);
  }
  const order: ProcessNode[] = [];
  const open = [...(children.get(null) ?? [])].reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order.push(node);
    const below = (children.get(node.id) ?? []).toSorted(
      (a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.id === focus ? -1 : 1),
    );
    open.push(...below.reverse());
  }
  return order;
}

function guidOf(native: ProcessEvent['native'], names: readonly string[]): string | null {
  const found = text(native, names).replaceAll(/[{}]/g, '').toLowerCase();
  return /^[0-9a-f-]{36}$/.test(found) && !/^[0-]+$/.test(found) ? found : null;
}

/** Decimal, whether the log writes it so or as 0x1f4. */
function pidOf(native: ProcessEvent['native'], names: readonly string[]): string | null {
  const found = text(native, names);
  const number = /^0x[0-9a-f]+$/i.test(found) || /^\d+$/.test(found) ? Number(found) : Number.NaN;
  return Number.isSafeInteger(number) ? String(number) : null;
}

function text(native: ProcessEvent['native'], names: readonly string[]): string {
  for (const name of names) {
    const value = native[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return '';
}
