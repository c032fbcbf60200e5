/**
 * What stateful rules remember, in step with the consumer's cursor: observations of a batch are taken
 * once, written down with the cursor, and read back at a start (ADR 11).
 */
import type { Instant } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import {
  type CorrelationMatch,
  type Correlator,
  createCorrelator,
  type StateLimits,
  type StateStats,
} from '../lang/sigma/index.ts';
import type { TenantId } from '../model/ids.ts';
import type { Records, RecordsTx } from '../store/records.ts';
import type { ActiveException, ActiveStateful } from './active-rules.ts';
import type { ObservedBatch } from './observations.ts';
import {
  type LogRow,
  logRowOf,
  readLog,
  readStates,
  type StoredState,
  writeLogRow,
  writeStates,
} from './stateful-records.ts';

export interface FoundMatch {
  readonly tenant: TenantId;
  readonly hash: string;
  /** The rule only observes. */
  readonly observed: boolean;
  readonly exceptions: readonly ActiveException[];
  /** Time of receipt at which it was found. */
  readonly receivedAt: Instant;
  readonly match: CorrelationMatch;
}

export interface StatefulDeps {
  readonly records: Pick<Records, 'db'>;
  readonly logger: Logger;
  readonly limits?: Partial<StateLimits>;
  /** Rows of the log after which it is cut into states. */
  readonly mostLogRows?: number;
}

export interface Stateful {
  /** Rules that stay keep what they remember; those that go, or change, forget it. */
  setRules(rules: readonly ActiveStateful[]): void;
  /** Reads back what was remembered at this position of the cursor. Rules have to be set before. */
  start(cursor: number): Promise<void>;
  /** What a batch makes the rules find. Asked again for the same batch before it is committed, it answers the same. */
  take(batch: ObservedBatch): Promise<readonly FoundMatch[]>;
  /**
   * Time of receipt goes on although no batch came. True when that made the rules find something: it is `overdue`
   * until the next commit. Nothing of it is written down: read back without it, the memory finds the same again.
   */
  tick(receivedAt: Instant): boolean;
  overdue(): readonly FoundMatch[];
  /** Writes down what was taken up to `seq`, in the transaction that moves the cursor there. */
  write(tx: RecordsTx, seq: number): Promise<void>;
  committed(seq: number): void;
  /** By rule id, of one tenant. */
  stats(tenant: TenantId): ReadonlyMap<string, StateStats>;
}

/** The log is cut when it is longer than what it is added to, and at least this. */
const leastLogBytes = 4 << 20;
const mostLogRows = 5_000;

export function createStateful(deps: StatefulDeps): Stateful {
  const memory = new Memory(deps.limits);
  const pending = new Map<number, { readonly found: readonly FoundMatch[]; readonly row: LogRow | null }>();
  let overdue: readonly FoundMatch[] = [];
  let taken = 0;
  let log = { rows: 0, bytes: 0 };
  let stateBytes = 0;
  /** What is remembered is no longer what the log would make of it. */
  let cut = false;
  /** What the running transaction writes; counts only when it is committed. */
  let writing: { rows: number; bytes: number; stateBytes: number | null } | null = null;

  return {
    setRules(rules) {
      if (memory.setRules(rules)) cut = true;
    },
    async start(cursor) {
      taken = cursor;
      const states = await readStates(deps.records.db, cursor);
      if (states === null) {
        // The cursor was set back, as by a restore of its table alone: what is remembered lies ahead of it.
        deps.logger.warn({ cursor }, 'correlations begin anew: their state is ahead of the cursor');
        cut = true;
        return;
      }
      for (const state of states) if (memory.restore(state)) stateBytes += state.body.length;
      for await (const { batch, bytes } of readLog(deps.records.db, cursor)) {
        memory.apply(batch);
        log = { rows: log.rows + 1, bytes: log.bytes + bytes };
      }
    },
    async take(batch) {
      if (batch.seq <= taken) return pending.get(batch.seq)?.found ?? [];
      const { found, changed } = memory.apply(batch);
      taken = batch.seq;
      // Set before anything is awaited: a batch must not be applied twice, whatever fails.
      pending.set(batch.seq, { found, row: null });
      if (changed) pending.set(batch.seq, { found, row: await logRowOf(batch) });
      return found;
    },
    tick(receivedAt) {
      overdue = [...overdue, ...memory.apply({ receivedAt, observations: [] }).found];
      return overdue.length > 0;
    },
    overdue: () => overdue,
    async write(tx, seq) {
      writing = { rows: 0, bytes: 0, stateBytes: null };
      for (const [at, { row }] of pending) {
        if (at > seq || row === null) continue;
        await writeLogRow(tx, at, row);
        writing.rows += 1;
        writing.bytes += row.body.length;
      }
      const long =
        log.bytes + writing.bytes > Math.max(leastLogBytes, stateBytes) ||
        log.rows + writing.rows > (deps.mostLogRows ?? mostLogRows);
      // Only when nothing was taken beyond: the states are those of `taken`.
      if ((long || cut) && taken <= seq) writing.stateBytes = await writeStates(tx, seq, memory.states());
    },
    committed(seq) {
      overdue = [];
      for (const at of pending.keys()) if (at <= seq) pending.delete(at);
      taken = Math.max(taken, seq);
      if (writing === null) return;
      if (writing.stateBytes === null) {
        log = { rows: log.rows + writing.rows, bytes: log.bytes + writing.bytes };
      } else {
        log = { rows: 0, bytes: 0 };
        stateBytes = writing.stateBytes;
        cut = false;
      }
      writing = null;
    },
    stats: (tenant) => memory.stats(tenant),
  };
}

/** The correlators of all tenants under the rules in force. */
class Memory {
  readonly #limits: Partial<StateLimits> | undefined;
  #rules: readonly ActiveStateful[] = [];
  #hashes: ReadonlyMap<string, string> = new Map();
  #observing: ReadonlySet<string> = new Set();
  #exceptions: ReadonlyMap<string, readonly ActiveException[]> = new Map();
  #correlators = new Map<TenantId, Correlator>();
  #receivedAt = 0;

  constructor(limits: Partial<StateLimits> | undefined) {
    this.#limits = limits;
  }

  /** True when something was forgotten. */
  setRules(rules: readonly ActiveStateful[]): boolean {
    const [hashes, correlators] = [this.#hashes, this.#correlators];
    this.#rules = rules;
    this.#observing = new Set(rules.flatMap(({ document, observe }) => (observe ? [document.id] : [])));
    this.#exceptions = new Map(rules.map(({ document, exceptions }) => [document.id, exceptions]));
    this.#hashes = new Map(rules.map(({ document, hash }) => [document.id, hash]));
    this.#correlators = new Map();
    for (const [tenant, old] of correlators) {
      for (const [id, hash] of hashes) this.restore({ tenant, id, hash, body: old.snapshot(id) });
    }
    return [...hashes].some(([id, hash]) => this.#hashes.get(id) !== hash);
  }

  /** False for a rule, or a version of it, that is not in force. */
  restore({ tenant, id, hash, body }: StoredState): boolean {
    if (this.#hashes.get(id) !== hash) return false;
    this.#correlatorOf(tenant).restore(id, body);
    return true;
  }

  *states(): Generator<StoredState> {
    for (const [tenant, correlator] of this.#correlators) {
      for (const [id, hash] of this.#hashes) yield { tenant, id, hash, body: correlator.snapshot(id) };
    }
  }

  /** Returns what was found, and whether anything changed. */
  apply(batch: Omit<ObservedBatch, 'seq'>): {
    readonly found: readonly FoundMatch[];
    readonly changed: boolean;
  } {
    // A clock that is set back must not make time of receipt go back.
    this.#receivedAt = Math.max(this.#receivedAt, batch.receivedAt);
    const found: FoundMatch[] = [];
    const told = (tenant: TenantId, matches: readonly CorrelationMatch[]): void => {
      for (const match of matches) {
        const { id } = match.document;
        found.push({
          tenant,
          hash: this.#hashes.get(id) ?? '',
          observed: this.#observing.has(id),
          exceptions: this.#exceptions.get(id) ?? [],
          receivedAt: this.#receivedAt,
          match,
        });
      }
    };
    let changed = false;
    for (const [tenant, correlator] of this.#correlators) {
      const advanced = correlator.advance(this.#receivedAt);
      changed ||= advanced.changed;
      told(tenant, advanced.matches);
    }
    for (const observation of batch.observations) {
      if (this.#hashes.get(observation.rule) !== observation.hash) continue;
      changed = true;
      told(observation.tenant, this.#correlatorOf(observation.tenant).add(observation, this.#receivedAt));
    }
    return { found, changed };
  }

  stats(tenant: TenantId): ReadonlyMap<string, StateStats> {
    return this.#correlators.get(tenant)?.stats() ?? new Map();
  }

  #correlatorOf(tenant: TenantId): Correlator {
    const known = this.#correlators.get(tenant);
    if (known !== undefined) return known;
    const made = createCorrelator(this.#rules, this.#limits);
    this.#correlators.set(tenant, made);
    return made;
  }
}
