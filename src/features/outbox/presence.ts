/** Who looks at what now: in memory, for as long as each says so. */
import type { Clock, Instant } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import type { RowKind } from '../../model/queue.ts';

export interface PresentPerson {
  readonly id: string;
  readonly name: string;
  readonly since: Instant;
}

export interface PresenceSubject {
  readonly kind: RowKind;
  readonly id: string;
}

export interface Presence {
  /** Returns everybody who is there now; tells the others when that changed. */
  here(actor: Actor, subject: PresenceSubject): readonly PresentPerson[];
  gone(actor: Actor, subject: PresenceSubject): readonly PresentPerson[];
  /** Everything that somebody looks at now. */
  all(
    tenant: string,
  ): readonly { readonly subject: PresenceSubject; readonly people: readonly PresentPerson[] }[];
  /** Forgets those who no longer say so, and tells the others. */
  sweep(): void;
}

interface Seen {
  readonly name: string;
  readonly since: Instant;
  readonly until: Instant;
}

/** Two heartbeats of 15 s may be lost. */
const forgottenAfterMs = 40_000;
/** Bounds what one client can make the service remember. */
const mostSubjects = 10_000;

export function createPresence(
  clock: Clock,
  tell: (tenant: string, subject: PresenceSubject, people: readonly PresentPerson[]) => void,
): Presence {
  const all = new Map<
    string,
    { readonly tenant: string; readonly subject: PresenceSubject; readonly people: Map<string, Seen> }
  >();
  const keyOf = (tenant: string, { kind, id }: PresenceSubject) => JSON.stringify([tenant, kind, id]);

  function peopleAt(key: string): readonly PresentPerson[] {
    return [...(all.get(key)?.people ?? [])].map(([id, { name, since }]) => ({ id, name, since }));
  }

  function dropped(key: string): boolean {
    const place = all.get(key);
    if (place === undefined) return false;
    const now = clock.now();
    const before = place.people.size;
    for (const [id, { until }] of place.people) if (until <= now) place.people.delete(id);
    if (place.people.size === 0) all.delete(key);
    return place.people.size !== before;
  }

  function change(actor: Actor, subject: PresenceSubject, here: boolean): readonly PresentPerson[] {
    const key = keyOf(actor.tenant, subject);
    let changed = dropped(key);
    if (!here) {
      changed = (all.get(key)?.people.delete(actor.id) ?? false) || changed;
      if (all.get(key)?.people.size === 0) all.delete(key);
    } else if (all.has(key) || all.size < mostSubjects) {
      const place = all.get(key) ?? { tenant: actor.tenant, subject, people: new Map<string, Seen>() };
      all.set(key, place);
      const known = place.people.get(actor.id);
      const now = clock.now();
      place.people.set(actor.id, {
        name: actor.name,
        since: known?.since ?? now,
        until: now + forgottenAfterMs,
      });
      changed ||= known === undefined;
    }
    const people = peopleAt(key);
    if (changed) tell(actor.tenant, subject, people);
    return people;
  }

  return {
    here: (actor, subject) => change(actor, subject, true),
    gone: (actor, subject) => change(actor, subject, false),
    all(tenant) {
      return [...all].flatMap(([key, place]) =>
        place.tenant === tenant ? [{ subject: place.subject, people: peopleAt(key) }] : [],
      );
    },
    sweep() {
      for (const [key, { tenant, subject }] of all) if (dropped(key)) tell(tenant, subject, peopleAt(key));
    },
  };
}
