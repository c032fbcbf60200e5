/** Changes to an alert: what a person wants, how it is sent, how it is said. */
import { client } from './api.ts';
import { type AlertSummary, statusNames, type Verdict, verdictNames } from './types.ts';

export type Change =
  | { readonly kind: 'assign'; readonly owner: string | null; readonly ownerName: string }
  | { readonly kind: 'close'; readonly verdict: Verdict; readonly reason: string }
  | { readonly kind: 'reopen' };

export function send(alert: AlertSummary, change: Change): Promise<AlertSummary> {
  const on = { id: alert.id, version: alert.version };
  switch (change.kind) {
    case 'assign':
      return client.alerts.assign({ ...on, owner: change.owner });
    case 'close':
      return client.alerts.close({
        ...on,
        verdict: change.verdict,
        ...(change.reason === '' ? {} : { reason: change.reason }),
      });
    case 'reopen':
      return client.alerts.reopen(on);
  }
}

/** Sends it on top of what is there now; a closed alert is opened for it first. */
export async function sendAnyway(current: AlertSummary, change: Change): Promise<AlertSummary> {
  if (change.kind === 'reopen') {
    return current.status === 'closed' ? send(current, change) : current;
  }
  return send(current.status === 'closed' ? await send(current, { kind: 'reopen' }) : current, change);
}

/** The change that leads back, null where none does. */
export function inverse(before: AlertSummary, change: Change): Change | null {
  switch (change.kind) {
    case 'assign':
      return { kind: 'assign', owner: before.ownerId, ownerName: before.ownerName ?? '' };
    case 'close':
      return { kind: 'reopen' };
    case 'reopen':
      return before.verdict === null ? null : { kind: 'close', verdict: before.verdict, reason: '' };
  }
}

/** `Closed ALR-42 as benign`. */
export function doneText(key: string, change: Change): string {
  switch (change.kind) {
    case 'assign':
      return change.owner === null ? `Unassigned ${key}` : `Assigned ${key} to ${change.ownerName}`;
    case 'close':
      return `Closed ${key} as ${verdictNames[change.verdict].toLowerCase()}`;
    case 'reopen':
      return `Reopened ${key}`;
  }
}

/** `close it as benign`, for "you tried to …" and "could not …". */
export function wishText(change: Change): string {
  switch (change.kind) {
    case 'assign':
      return change.owner === null ? 'take its owner away' : `assign it to ${change.ownerName}`;
    case 'close':
      return `close it as ${verdictNames[change.verdict].toLowerCase()}`;
    case 'reopen':
      return 'reopen it';
  }
}

/** `Closed as benign`, `In triage`. */
export function standing(alert: AlertSummary): string {
  return alert.status === 'closed' && alert.verdict !== null
    ? `Closed as ${verdictNames[alert.verdict].toLowerCase()}`
    : statusNames[alert.status];
}
