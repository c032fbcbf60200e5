/**
 * What stateful rules remember, in step with the consumer's cursor: observations of a batch are taken
 * once, written down with the cursor, and read back at a start (ADR 11).
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Instant } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import {
  type CorrelationMatch,
  type Correlator,
  createCorrelator,
  type Observation,
  type StateLimits,
  type StateStats,
} from '../lang/sigma/index.ts';
import { mainTenant, type TenantId } from '../model/ids.ts';
import type { Records, RecordsTx } from '../store/records.ts';
import type { ActiveStateful } from './active-rules.ts';

export interface BatchObservation extends Observation {
  readonly tenant: TenantId;
  /** Of the stateful rule's document: observations for another version of it are passed over. */
  readonly hash: string;
}

export interface ObservedBatch {
  readonly seq: number;
  readonly receivedAt: Instant;
  readonly observations: readonly BatchObservation[];
}

export interface FoundMatch {
  readonly tenant: TenantId;
  readonly hash: string;
  /** The rule only observes. */
  readonly observed: boolean;
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
  /** Writes down what was taken up to `seq`, in the transaction that moves the cursor there. */
  write(tx: RecordsTx, seq: number): Promise<void>;
  committed(seq: number): void;
  /** By rule id, of one tenant. */
  stats(tenant: TenantId): ReadonlyMap<string, StateStats>;
}

interface Pending {
  readonly found: readonly FoundMatch[];
  /** A row for the log; null when nothing changed. */
  readonly row: { readonly tenant: TenantId; readonly receivedAt: Instant; readonly body: Buffer } | null;
}

const deflate = promisify(gzip);
const inflate = promisify(gunzip);
/** The log is cut when it is longer than what it is added to, and at least this. */
const leastLogBytes = 4 << 20;
const mostLogRows = 5_000;
const partBytes = 1 << 20;
const page = 200;

export function createStateful(deps: StatefulDeps): Stateful {
  let rules: readonly ActiveStateful[] = [];
  let hashes = new Map<string, string>();
  let observing: ReadonlySet<string> = new Set();
  let correlators = new Map<TenantId, Correlator>();
  const pending = new Map<number, Pending>();
  let taken = 0;
  let receivedAt = 0;
  let log = { rows: 0, bytes: 0 };
  let stateBytes = 0;
  /** What is remembered is no longer what the log would make of it. */
  let cut = false;
  let writing: { rows: number; bytes: number; stateBytes: number | null } | null = null;

  function correlatorOf(tenant: TenantId): Correlator {
    const known = correlators.get(tenant);
    if (known !== undefined) return known;
    const made = createCorrelator(rules, deps.limits);
    correlators.set(tenant, made);
    return made;
  }

  /** Returns what was found, and whether anything changed. */
  function apply(batch: Omit<ObservedBatch, 'seq'>): { found: FoundMatch[]; changed: boolean } {
    receivedAt = Math.max(receivedAt, batch.receivedAt);
    const found: FoundMatch[] = [];
    const told = (tenant: TenantId, matches: readonly CorrelationMatch[]): void => {
      for (const match of matches) {
        const { id } = match.document;
        found.push({ tenant, hash: hashes.get(id) ?? '', observed: observing.has(id), match });
      }
    };
    let changed = false;
    for (const [tenant, correlator] of correlators) {
      const advanced = correlator.advance(receivedAt);
      changed ||= advanced.changed;
      told(tenant, advanced.matches);
    }
    for (const observation of batch.observations) {
      if (hashes.get(observation.rule) !== observation.hash) continue;
      changed = true;
      told(observation.tenant, correlatorOf(observation.tenant).add(observation, receivedAt));
    }
    return { found, changed };
  }

  async function readStates(cursor: number): Promise<boolean> {
    const parts = new Map<string, { tenant: TenantId; id: string; bodies: Buffer[] }>();
    for (let after = { rule: '', part: -1 }; ; ) {
      const rows = await deps.records.db
        .selectFrom('correlation_states')
        .selectAll()
        .where((eb) => eb(eb.refTuple('rule_id', 'part'), '>', eb.tuple(after.rule, after.part)))
        .orderBy('rule_id')
        .orderBy('part')
        .limit(page)
        .execute();
      for (const row of rows) {
        if (row.seq > cursor) return false;
        if (hashes.get(row.rule_id) !== row.rule_hash) continue;
        const key = JSON.stringify([row.tenant, row.rule_id]);
        const one = parts.get(key) ?? { tenant: row.tenant as TenantId, id: row.rule_id, bodies: [] };
        one.bodies.push(row.body);
        stateBytes += row.body.length;
        parts.set(key, one);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < page) break;
      after = { rule: last.rule_id, part: last.part };
    }
    for (const { tenant, id, bodies } of parts.values())
      correlatorOf(tenant).restore(id, Buffer.concat(bodies));
    return true;
  }

  async function readLog(cursor: number): Promise<void> {
    for (let after = -1; ; ) {
      const rows = await deps.records.db
        .selectFrom('correlation_log')
        .selectAll()
        .where('seq', '>', after)
        .where('seq', '<=', cursor)
        .orderBy('seq')
        .limit(page)
        .execute();
      for (const row of rows) {
        const body = await inflate(row.body);
        const observations = JSON.parse(body.toString('utf8')) as readonly BatchObservation[];
        apply({ receivedAt: row.received_at.getTime(), observations });
        log = { rows: log.rows + 1, bytes: log.bytes + row.body.length };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < page) return;
      after = last.seq;
    }
  }

  async function writeStates(tx: RecordsTx, seq: number): Promise<number> {
    let bytes = 0;
    await tx.deleteFrom('correlation_states').execute();
    await tx.deleteFrom('correlation_log').execute();
    for (const [tenant, correlator] of correlators) {
      for (const [id, hash] of hashes) {
        const body = correlator.snapshot(id);
        bytes += body.length;
        for (let part = 0; part * partBytes < body.length; part += 1) {
          await tx
            .insertInto('correlation_states')
            .values({
              tenant,
              rule_id: id,
              rule_hash: hash,
              seq,
              part,
              body: Buffer.from(body.subarray(part * partBytes, (part + 1) * partBytes)),
            })
            .execute();
        }
      }
    }
    return bytes;
  }

  return {
    setRules(next) {
      const before = { hashes, correlators };
      rules = next;
      hashes = new Map(next.map(({ document, hash }) => [document.id, hash]));
      observing = new Set(next.flatMap(({ document, observe }) => (observe ? [document.id] : [])));
      correlators = new Map();
      for (const [tenant, old] of before.correlators) {
        const made = correlatorOf(tenant);
        for (const [id, hash] of hashes) {
          if (before.hashes.get(id) === hash) made.restore(id, old.snapshot(id));
        }
      }
      if ([...before.hashes].some(([id, hash]) => hashes.get(id) !== hash)) cut = true;
    },
    async start(cursor) {
      taken = cursor;
      if (await readStates(cursor)) await readLog(cursor);
      else {
        // The cursor was set back, as by a restore of its table alone: what is remembered lies ahead of it.
        deps.logger.warn({ cursor }, 'correlations begin anew: their state is ahead of the cursor');
        correlators = new Map();
        cut = true;
      }
    },
    async take(batch) {
      if (batch.seq <= taken) return pending.get(batch.seq)?.found ?? [];
      const { found, changed } = apply(batch);
      taken = batch.seq;
      // Set before anything is awaited: a batch must not be applied twice, whatever fails.
      pending.set(batch.seq, { found, row: null });
      if (changed) {
        const body = await deflate(JSON.stringify(batch.observations));
        const tenant = batch.observations[0]?.tenant ?? mainTenant;
        pending.set(batch.seq, { found, row: { tenant, receivedAt: batch.receivedAt, body } });
      }
      return found;
    },
    async write(tx, seq) {
      writing = { rows: 0, bytes: 0, stateBytes: null };
      for (const [at, { row }] of pending) {
        if (at > seq || row === null) continue;
        await tx
          .insertInto('correlation_log')
          .values({ tenant: row.tenant, seq: at, received_at: new Date(row.receivedAt), body: row.body })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        writing.rows += 1;
        writing.bytes += row.body.length;
      }
      const bytes = log.bytes + writing.bytes;
      const long =
        bytes > Math.max(leastLogBytes, stateBytes) ||
        log.rows + writing.rows > (deps.mostLogRows ?? mostLogRows);
      // Only when nothing was taken beyond: the states are those of `taken`.
      if ((long || cut) && taken <= seq) writing.stateBytes = await writeStates(tx, seq);
    },
    committed(seq) {
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
    stats: (tenant) => correlators.get(tenant)?.stats() ?? new Map(),
  };
}
