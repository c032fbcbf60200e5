/** What the assets feature takes and gives. */
import type { Actor, Scope } from '../../model/actor.ts';
import type { Entity, NeverGroupEntry } from '../../model/entity.ts';
import type { NeverGroup, NeverGroupPattern } from '../../model/never-group.ts';

export type AssetKind = 'host' | 'user' | 'ip';

export interface AssetQuery {
  readonly kind?: readonly AssetKind[] | undefined;
  /** Part of a name, alias, owner or role, in any case. */
  readonly text?: string | undefined;
  readonly imported?: boolean | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface AssetPage {
  readonly items: readonly Entity[];
  readonly total: number;
  readonly nextCursor: string | null;
}

export interface RefusedRow {
  /** Of the file, from 1. */
  readonly line: number;
  readonly name: string;
  readonly reason: string;
}

export interface ImportReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRow[];
}

export interface AssetsService {
  /** By name. Throws E_BAD_REQUEST for a cursor that is not one of ours. */
  list(scope: Scope, query: AssetQuery): Promise<AssetPage>;
  /** By any of its names. Throws E_NOT_FOUND. */
  get(scope: Scope, kind: AssetKind, name: string): Promise<Entity>;
  /**
   * Assets or identities from CSV with a header. A row that is wrong is refused by itself with its
   * line; the rest is taken. Throws E_BAD_REQUEST for a header without `name` or with unknown columns.
   */
  importCsv(actor: Actor, kind: 'host' | 'user', csv: string): Promise<ImportReport>;
  /** Those of the program first. */
  neverGroup(scope: Scope): Promise<readonly NeverGroupEntry[]>;
  /** Throws E_BAD_REQUEST for a pattern that is none, E_CONFLICT for one that is there. */
  addNeverGroup(actor: Actor, entry: NeverGroupPattern): Promise<NeverGroupEntry>;
  /** Throws E_NOT_FOUND, also for one that comes with the program. */
  removeNeverGroup(actor: Actor, id: string): Promise<void>;
  /** The whole list, compiled; read again after each change. */
  compiled(): NeverGroup;
  /** Reads the list; once before anything is folded. */
  refresh(): Promise<void>;
}
