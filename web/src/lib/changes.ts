/** Changes to alerts and incidents: what a person wants, how it is sent, how it is said. */
import { client } from './api.ts';
import { nameOf, type Subject, type Target } from './subject.ts';
import { exact } from './time.ts';
import { type BulkReport, type Me, type Verdict, verdictNames, type Waiting } from './types.ts';

export type Change =
  | { readonly kind: 'assign'; readonly owner: string | null; readonly ownerName: string }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'wait'; readonly waiting: Waiting }
  | { readonly kind: 'close'; readonly verdict: Verdict; readonly reason: string }
  | { readonly kind: 'reopen' };

/** Somebody was faster: nothing of the change was written. */
export interface Conflict {
  readonly change: Change;
  readonly before: Subject;
  readonly current: Subject;
  /** Null where the service itself changed it. */
  readonly by: string | null;
}

/** What one request takes. */
export const bulkLimit = 1_000;

/** One or many alike, so that each can be undone as it was. */
export function send(subjects: readonly Target[], change: Change): Promise<BulkReport> {
  return client.queue.bulk({
    items: subjects.map(({ kind, id, version }) => ({ kind, id, version })),
    change: toBody(change),
  });
}

function toBody(change: Change) {
  switch (change.kind) {
    case 'assign':
      return { action: 'assign' as const, owner: change.owner };
    case 'acknowledge':
      return { action: 'acknowledge' as const };
    case 'wait':
      return { action: 'wait' as const, ...change.waiting };
    case 'close':
      return {
        action: 'close' as const,
        verdict: change.verdict,
        ...(change.reason === '' ? {} : { reason: change.reason }),
      };
    case 'reopen':
      return { action: 'reopen' as const };
  }
}

/** Sends it on top of what is there now; what is closed is opened for it first. */
export async function sendAnyway(current: Target, change: Change): Promise<BulkReport> {
  if (current.status !== 'closed' || change.kind === 'reopen') return send([current], change);
  const opened = await send([current], { kind: 'reopen' });
  const version = opened.changed[0]?.version;
  return version === undefined ? opened : send([{ ...current, version }], change);
}

/** `Closed ALR-42 as benign`; an incident takes its alerts along. */
export function doneText(subjects: readonly Pick<Subject, 'key'>[], change: Change, members: number): string {
  const name =
    members > 0
      ? `${nameOf(subjects)} with ${members} ${members === 1 ? 'alert' : 'alerts'}`
      : nameOf(subjects);
  switch (change.kind) {
    case 'assign':
      return change.owner === null ? `Unassigned ${name}` : `Assigned ${name} to ${change.ownerName}`;
    case 'acknowledge':
      return `Acknowledged ${name}: in triage`;
    case 'wait':
      return `${name} waits for ${change.waiting.for}, until ${exact(change.waiting.until).slice(0, 16)}`;
    case 'close':
      return `Closed ${name} as ${verdictNames[change.verdict].toLowerCase()}`;
    case 'reopen':
      return `Reopened ${name}`;
  }
}

/** `close it as benign`, for "you tried to …" and "could not …". */
export function wishText(change: Change): string {
  switch (change.kind) {
    case 'assign':
      return change.owner === null ? 'take its owner away' : `assign it to ${change.ownerName}`;
    case 'acknowledge':
      return 'acknowledge it';
    case 'wait':
      return `let it wait for ${change.waiting.for}`;
    case 'close':
      return `close it as ${verdictNames[change.verdict].toLowerCase()}`;
    case 'reopen':
      return 'reopen it';
  }
}

/** How it will stand, shown until the service has said so itself. */
export function expected(change: Change, me: Me): Partial<Subject> {
  switch (change.kind) {
    case 'assign':
      return change.owner === 'me'
        ? { ownerId: me.id, ownerName: me.name }
        : { ownerId: change.owner, ownerName: change.owner === null ? null : change.ownerName };
    case 'acknowledge':
      return { status: 'in_triage' };
    case 'wait':
      return { status: 'waiting', waiting: change.waiting };
    case 'close':
      return { status: 'closed', verdict: change.verdict, waiting: null };
    case 'reopen':
      return { status: 'in_triage', verdict: null };
  }
}

/** What `a` does: all mine are given back, anything else becomes mine. */
export function takeOrGive(subjects: readonly Target[], me: Me): Change {
  return subjects.every((subject) => subject.ownerId === me.id)
    ? { kind: 'assign', owner: null, ownerName: '' }
    : { kind: 'assign', owner: 'me', ownerName: 'you' };
}

/** Whom it can be done to: a closed alert is not assigned, an open one not reopened. */
export function changeable(subjects: readonly Target[], change: Change): readonly Target[] {
  switch (change.kind) {
    case 'reopen':
      return subjects.filter((subject) => subject.status === 'closed');
    case 'acknowledge':
      return subjects.filter((subject) => subject.status === 'new');
    case 'assign':
    case 'wait':
    case 'close':
      return subjects.filter((subject) => subject.status !== 'closed');
  }
}
