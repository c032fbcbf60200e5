/** What a person may do to an alert or an incident: from how it stands to what is written. Pure. */
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { Verdict } from '../../model/alert.ts';
import { pgText, type Row } from '../../store/schema.ts';
import type { OwnerIdentity } from './types.ts';

/** The columns of both that a person's decisions change. */
export const triageColumns = [
  'status',
  'verdict',
  'owner_id',
  'owner_name',
  'waiting_for',
  'waiting_until',
  'acknowledged_at',
  'closed_at',
] as const satisfies readonly (keyof Row<'alerts'> & keyof Row<'incidents'>)[];

export type Triage = Pick<Row<'alerts'>, (typeof triageColumns)[number]>;

export const changeKinds = [
  'assigned',
  'unassigned',
  'acknowledged',
  'waiting',
  'woke',
  'commented',
  'closed',
  'reopened',
  'undone',
] as const;

export interface Change {
  readonly patch: Partial<Triage>;
  readonly kind: (typeof changeKinds)[number];
  /** For the history; the audit row has it too, but for free text. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Null: it is so already. A refusal is thrown; `key` is what people call it. */
export type Verb = (row: Triage, key: string) => Change | null;

const awake = { waiting_for: null, waiting_until: null } as const;

export function assign(owner: OwnerIdentity | null, now: Instant): Verb {
  return (row, key) => {
    refuseClosed(row, key);
    if ((owner?.id ?? null) === row.owner_id) return null;
    if (owner === null) {
      return {
        patch: { owner_id: null, owner_name: null },
        kind: 'unassigned',
        data: { previous: row.owner_id },
      };
    }
    const name = pgText(owner.name);
    return {
      patch: { owner_id: owner.id, owner_name: name, ...noticed(row, now) },
      kind: 'assigned',
      data: { owner: owner.id, ownerName: name, previous: row.owner_id },
    };
  };
}

export function acknowledge(now: Instant): Verb {
  return (row, key) => {
    refuseClosed(row, key);
    return row.status === 'new' ? { patch: noticed(row, now), kind: 'acknowledged', data: {} } : null;
  };
}

/** Throws E_BAD_REQUEST for a time that is over. */
export function wait(reason: string, until: Instant, now: Instant): Verb {
  if (until <= now) throw new AppError('E_BAD_REQUEST', 'until: has to be a time in the future');
  return (row, key) => {
    refuseClosed(row, key);
    const text = pgText(reason);
    return {
      patch: {
        ...noticed(row, now),
        status: 'waiting',
        waiting_for: text,
        waiting_until: new Date(until),
      },
      kind: 'waiting',
      data: { reason: text, until: new Date(until).toISOString() },
    };
  };
}

export const wake: Verb = (row) =>
  row.status === 'waiting'
    ? {
        patch: { ...awake, status: row.owner_id === null ? 'new' : 'in_triage' },
        kind: 'woke',
        data: { waitedFor: row.waiting_for },
      }
    : null;

export function comment(text: string, now: Instant): Verb {
  return (row) => ({
    patch: { acknowledged_at: row.acknowledged_at ?? new Date(now) },
    kind: 'commented',
    data: { text: pgText(text) },
  });
}

/** What nobody owns becomes the closer's, so that every verdict names who gave it. */
export function close(
  actor: Pick<Actor, 'id' | 'name'>,
  verdict: Verdict,
  reason: string | undefined,
  now: Instant,
  facts: Readonly<Record<string, unknown>> = {},
): Verb {
  return (row, key) => {
    refuseClosed(row, key);
    const taken = row.owner_id === null;
    const name = pgText(actor.name);
    return {
      patch: {
        ...noticed(row, now),
        ...awake,
        status: 'closed',
        verdict,
        closed_at: new Date(now),
        ...(taken ? { owner_id: actor.id, owner_name: name } : {}),
      },
      kind: 'closed',
      data: {
        verdict,
        ...because(reason),
        ...(taken ? { owner: actor.id, ownerName: name } : {}),
        ...facts,
      },
    };
  };
}

export function reopen(reason: string | undefined): Verb {
  return (row, key) => {
    if (row.status !== 'closed') throw new AppError('E_ALERT_OPEN', `${key} is open`);
    return {
      patch: { status: row.owner_id === null ? 'new' : 'in_triage', verdict: null, closed_at: null },
      kind: 'reopened',
      data: { withdrawn: row.verdict, ...because(reason) },
    };
  };
}

/** Back to how it stood. */
export function restore(before: Triage, action: string): Verb {
  return () => ({ patch: before, kind: 'undone', data: { action } });
}

function noticed(row: Triage, now: Instant): Partial<Triage> {
  return {
    status: row.status === 'new' ? 'in_triage' : row.status,
    acknowledged_at: row.acknowledged_at ?? new Date(now),
  };
}

function refuseClosed(row: Triage, key: string): void {
  if (row.status === 'closed') throw new AppError('E_ALERT_CLOSED', `${key} is closed; reopen it first`);
}

function because(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined || reason === '' ? {} : { reason: pgText(reason) };
}
