/** An entity: a user, host or address that alerts are about, one whatever name a record has for it. */
import type { Instant } from '../base/clock.ts';

/** `source` stands in where a record names nothing else that may group. */
export const entityKinds = ['host', 'user', 'ip', 'source'] as const;
export type EntityKind = (typeof entityKinds)[number];

export interface EntityRef {
  readonly kind: EntityKind;
  /** Canonical name, in lower case but for a source: the same for each alias. */
  readonly id: string;
}

/** What was imported, or only seen. */
export interface Entity extends EntityRef {
  /** As people write it. */
  readonly name: string;
  readonly owner: string;
  readonly role: string;
  /** 1 (low) to 5 (critical); null where nobody said. */
  readonly value: number | null;
  readonly tags: readonly string[];
  /** Every other name that it is known by. */
  readonly aliases: readonly string[];
  readonly imported: boolean;
  readonly firstSeenAt: Instant;
  readonly updatedAt: Instant;
}

/** A value that never makes alerts belong together: accounts and addresses that many machines share. */
export interface NeverGroupEntry {
  /** '' for one that comes with the program. */
  readonly id: string;
  readonly kind: Exclude<EntityKind, 'source'>;
  /** A name with `*` for any characters; for `ip` an address or a range (`10.0.0.0/8`). */
  readonly pattern: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Instant | null;
}
