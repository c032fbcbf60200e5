/** A running server for tests: the real access feature and sources, small services in memory for the rest. */
import type { FastifyInstance } from 'fastify';
import type { openTestRecords } from '../../test/support/records.ts';
import { type FakeClock, fakeClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { LogFacts, Logger } from '../base/logger.ts';
import { createAccess } from '../features/access/access.ts';
import { createAuditReader } from '../features/access/audit.ts';
import { createSources } from '../features/access/sources.ts';
import type { AccessService } from '../features/access/types.ts';
import { createIncidents, createQueue } from '../features/alerts/index.ts';
import { createAssets } from '../features/assets/assets.ts';
import { createOutboxDispatcher, type OutboxDispatcher } from '../features/outbox/dispatcher.ts';
import type { Role } from '../model/actor.ts';
import type { AlertSummary } from '../model/alert.ts';
import { type AlertId, mainTenant, type RuleId } from '../model/ids.ts';
import type { Records } from '../store/records.ts';
import type { HuntsService } from './routes/hunts-service.ts';
import type { IntakeService, LiveService, Services } from './routes/services.ts';
import { createServer } from './server.ts';
import type { ServerConfig } from './server-api.ts';

export interface TestServer {
  readonly app: FastifyInstance;
  readonly access: AccessService;
  readonly records: Records;
  readonly clock: FakeClock;
  readonly outbox: OutboxDispatcher;
  readonly services: Services;
  /** Of each live stream that was opened, oldest first. */
  readonly liveSignals: AbortSignal[];
  readonly logged: { level: string; facts: LogFacts; message: string }[];
  /** An API token of a fresh service identity with these roles. */
  tokenFor(...roles: Role[]): Promise<string>;
  /** Secret of a fresh session of the admin. */
  session(): Promise<string>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly config?: Partial<ServerConfig>;
  readonly consoleDir?: string;
  readonly intake?: Partial<IntakeService>;
  readonly hunts?: Partial<HuntsService>;
  readonly missing?: readonly string[];
}

export type TestStore = Awaited<ReturnType<typeof openTestRecords>>;

export async function startServer(store: TestStore, options: TestServerOptions = {}): Promise<TestServer> {
  const { records } = store;
  const clock = fakeClock(Date.now());
  const logged: TestServer['logged'] = [];
  const logger = recordingLogger(logged);
  const access = createAccess({
    records,
    clock,
    logger,
    sessionLifetimeMs: 12 * 3_600_000,
    maxFailuresPerMinute: 1_000,
  });
  const { admin } = await access.bootstrap();
  const outbox = createOutboxDispatcher({ records, clock, logger, pollMs: 3_600_000 });
  const liveSignals: AbortSignal[] = [];
  const live: LiveService = {
    subscribe(scope, signal) {
      liveSignals.push(signal);
      return outbox.subscribe(scope, signal);
    },
  };
  const services = memoryServices(records, clock, access, live, options);
  const app = await createServer({
    services,
    access,
    logger,
    clock,
    config: { host: '127.0.0.1', maxBodyBytes: 1 << 20, version: '0.0.0-test', ...options.config },
    consoleDir: options.consoleDir ?? '/nonexistent',
  });
  return {
    app,
    access,
    records,
    clock,
    outbox,
    services,
    liveSignals,
    logged,
    async tokenFor(...roles) {
      const id = `svc-${roles.join('-')}-${Math.random().toString(36).slice(2)}`;
      await records.db
        .insertInto('identities')
        .values({
          tenant: mainTenant,
          id,
          kind: 'service',
          name: id,
          roles: JSON.stringify(roles),
          created_at: new Date(clock.now()),
        })
        .execute();
      return await access.issueToken({ identity: { tenant: mainTenant, id }, kind: 'api_token' });
    },
    async session() {
      const { token } = await access.newSignInLink(admin.id);
      return (await access.signIn(token, '127.0.0.1')).sessionSecret;
    },
    async close() {
      await app.close();
      await outbox.stop();
      await access.stop();
    },
  };
}

function recordingLogger(logged: TestServer['logged']): Logger {
  const at = (level: string) => (facts: LogFacts, message: string) =>
    void logged.push({ level, facts, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const at = Date.UTC(2020, 1, 2, 3, 4, 5, 678);

export const alert: AlertSummary = {
  id: '018f0000-0000-7000-8000-000000000001' as AlertId,
  key: 'ALR-1',
  kind: 'rule',
  title: 'Audit log cleared',
  description: '',
  severity: 'high',
  priority: 65,
  priorityReasons: [{ factor: 'severity', points: 65, text: 'rule says high' }],
  status: 'new',
  waiting: null,
  verdict: null,
  ruleId: '5f7c7b0e-0000-4000-8000-000000000001' as RuleId,
  ruleAuthor: 'Watchfloor contributors',
  host: 'ws5.example.com',
  user: 'jdoe',
  entity: { kind: 'host', id: 'ws5.example.com' },
  tags: ['attack.t1070.001'],
  source: 'import',
  vendor: null,
  incident: null,
  predecessor: null,
  owner: null,
  ownerName: null,
  detections: 2,
  firstEventAt: at,
  lastEventAt: at + 1_000,
  createdAt: at,
  updatedAt: at,
  acknowledgedAt: null,
  closedAt: null,
  version: 3,
};

/** One alert that can be assigned; what has nothing to give says E_NOT_FOUND. */
function memoryServices(
  records: Records,
  clock: FakeClock,
  access: AccessService,
  live: LiveService,
  options: TestServerOptions,
): Services {
  let current = alert;
  const alertDeps = { records, clock, identities: () => Promise.resolve(null) };
  const nothing = async (): Promise<never> => {
    throw new AppError('E_NOT_FOUND', 'There is nothing here.');
  };
  const known = (id: string): AlertSummary => {
    if (id !== current.id && id !== current.key) throw new AppError('E_NOT_FOUND', `No alert ${id}.`);
    return current;
  };
  return {
    alerts: {
      async list(_actor, query) {
        const items = [current].filter((a) => query.severity?.includes(a.severity) ?? true);
        return {
          items,
          total: items.length,
          counts: {
            status: { new: 1, in_triage: 0, waiting: 0, closed: 0 },
            severity: { informational: 0, low: 0, medium: 0, high: 1, critical: 0 },
          },
          nextCursor: null,
        };
      },
      get: nothing,
      async assign(actor, id, version, owner) {
        if (known(id).version !== version) {
          throw new AppError('E_CONFLICT', 'The alert was changed meanwhile.', { current });
        }
        current = { ...current, owner: owner === 'me' ? actor.id : owner, version: version + 1 };
        return current;
      },
      comment: async (_actor, id) => known(id),
      close: nothing,
      reopen: nothing,
      acknowledge: nothing,
      wait: nothing,
      create: nothing,
    },
    incidents: createIncidents(alertDeps),
    queue: createQueue(alertDeps),
    context: { alert: nothing, processTree: nothing, alertUnseen: nothing, incidentUnseen: nothing },
    presence: { set: () => [], all: () => [] },
    assets: createAssets({ records, clock, shipped: [] }),
    owner: async (actor) => ({ id: actor.id, name: actor.name }),
    events: {
      async search() {
        throw new Error('the event store is on fire: secret=hunter2');
      },
      get: async () => null,
    },
    hunts: {
      // oxlint-disable-next-line require-yield -- a search that finds nothing is what the tests need
      async *stream() {
        throw new AppError('E_NOT_FOUND', 'There is nothing here.');
      },
      histogram: nothing,
      top: nothing,
      fields: nothing,
      ...options.hunts,
    },
    rules: {
      list: async () => ({ items: [], total: 0 }),
      get: nothing,
      load: async (_actor, files) => ({
        added: files.length,
        changed: 0,
        unchanged: 0,
        kept: 0,
        refused: [],
        warnings: [],
        ids: [],
        states: { off: 0, observe: 0, alert: files.length },
      }),
      explain: nothing,
      backtest: nothing,
      plan: nothing,
      prune: nothing,
      packs: async () => [],
      setState: nothing,
      edit: nothing,
      activity: nothing,
      detections: nothing,
      addException: nothing,
      previewException: nothing,
      removeException: nothing,
      coverage: nothing,
      create: nothing,
      check: nothing,
      diff: () => '',
      versions: nothing,
      version: nothing,
      tryOut: nothing,
      // oxlint-disable-next-line require-yield -- a backtest that is refused is what the tests need
      async *backtestSteps() {
        throw new AppError('E_NOT_FOUND', 'There is nothing here.');
      },
      removeEvidence: nothing,
      testEvidence: nothing,
      testAll: nothing,
      keepEvidence: nothing,
      vocabulary: nothing,
      fields: nothing,
    },
    sources: createSources({ records, clock, access }),
    health: { list: async () => [], shapes: nothing, expect: nothing, watch: nothing },
    audit: createAuditReader(records),
    system: {
      status: nothing,
      backup: nothing,
      signInLink: async () => ({ url: 'http://localhost/sign-in#token=t', expiresAt: 0 }),
      holds: async () => [],
      hold: async () => ({ id: 'h1' }),
      releaseHold: nothing,
    },
    live,
    intake: { deliver: nothing, deliverBulk: nothing, importStream: nothing, ...options.intake },
    ready: async () => ({ ready: options.missing === undefined, missing: options.missing ?? [] }),
  };
}
