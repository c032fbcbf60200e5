/** The composition root: everything is made here, in the order in which it depends on each other. */

import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Services } from '../api/routes/services.ts';
import { createServer } from '../api/server.ts';
import { systemClock, toIso } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { every, sleep } from '../base/sleep.ts';
import { createAccess } from '../features/access/access.ts';
import { createAuditReader } from '../features/access/audit.ts';
import { createSources } from '../features/access/sources.ts';
import { foldDetections, wakeDue } from '../features/alerts/index.ts';
import { createLearnAccounts } from '../features/assets/accounts.ts';
import { createAssets } from '../features/assets/assets.ts';
import { countLogsources, createRules, expireDetections } from '../features/detection/index.ts';
import { createHealth } from '../features/health/index.ts';
import { createOutboxDispatcher } from '../features/outbox/dispatcher.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import { mainTenant } from '../model/ids.ts';
import { createAppender } from '../pipeline/appender.ts';
import { createContexts } from '../pipeline/contexts.ts';
import { createCounters } from '../pipeline/counters.ts';
import { createDetectConsumer } from '../pipeline/detect-consumer.ts';
import { createIntake } from '../pipeline/intake.ts';
import { startSyslogListeners } from '../pipeline/listen/index.ts';
import { openSequence } from '../pipeline/sequence.ts';
import { createStateful } from '../pipeline/stateful.ts';
import { startPipelineWorker } from '../pipeline/worker-client.ts';
import { openPgBossJobs } from '../store/pg-boss/jobs.ts';
import { backtest, backtestSteps } from './backtest.ts';
import type { Config } from './config.ts';
import { loadStarterRules } from './content.ts';
import { startDemo } from './demo/feed.ts';
import { startDiskGuard } from './disk-guard.ts';
import { createEventsService, eventViews } from './events-service.ts';
import { createExpiry } from './expiry.ts';
import { createHunts } from './hunts/hunts.ts';
import { createIntakeService } from './intake-service.ts';
import { isAddressInUse } from './listen.ts';
import { acquireDataLock, assertDiskSpace, checkDataFormat } from './lock.ts';
import { createLogger } from './logger.ts';
import { parsers } from './parsers.ts';
import { paths, workers } from './paths.ts';
import { pipelineOptions } from './pipeline-options.ts';
import { readNeverGroup, readProfiles } from './queue-content.ts';
import { foldPolicy } from './queue-options.ts';
import { createQueueServices } from './queue-services.ts';
import { createRuleBook } from './rule-book.ts';
import { ruleCacheIn } from './rule-cache-place.ts';
import { keepEvidence, testAll, testEvidence } from './rule-evidence.ts';
import { explainOne } from './rule-trials.ts';
import { tryRule } from './rule-tries.ts';
import { logsourceFields, ruleVocabulary } from './rule-vocabulary.ts';
import { removeServiceFile, writeServiceFile } from './service-file.ts';
import { StopStack } from './stop-stack.ts';
import { openStores } from './stores.ts';
import { createSystemService } from './system-service.ts';
import { verbatimParsers } from './verbatim.ts';
import { version } from './version.ts';
import { createNoteResumed, createRaiseVisibility } from './visibility.ts';

export interface RunningService {
  /** Address that it listens on, on this machine. */
  readonly url: string;
  /** Address for people. */
  readonly publicUrl: string;
  /** One-time; null when no person is to sign in (role `command`). */
  readonly signInUrl: string | null;
  /** API token of the identity `local-cli`. */
  readonly localToken: string;
  /** Resolves when a part failed beyond repair: the service must be stopped. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /**
   * `serve`: for people and senders, on the configured address. `command`: for one command in this
   * process, on a free port of the loopback address, without schedules.
   */
  readonly role: 'serve' | 'command';
}

/**
 * Takes the data directory and starts everything on it. Throws AppError E_DATA_LOCKED, E_DATA_NEWER,
 * E_DATA_INVALID, E_DISK_FULL, E_PORT_TAKEN, E_STORE_UNAVAILABLE; then nothing is left running.
 */
export async function startService(config: Config, options: ServiceOptions): Promise<RunningService> {
  const logger = createLogger(config.log.level, options.role);
  const stops = new StopStack({ logger });
  try {
    return await compose(config, options, logger, stops);
  } catch (thrown) {
    await stops.stop();
    throw thrown;
  }
}

async function compose(
  config: Config,
  options: ServiceOptions,
  logger: Logger,
  stops: StopStack,
): Promise<RunningService> {
  const clock = systemClock;
  const startedAt = clock.now();
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = (error) => {
      logger.error({ reason: error.message }, 'a part of the service has failed');
      resolve(error);
    };
  });

  const lock = await acquireDataLock(config.data);
  stops.push('data directory lock', () => lock.release());
  lock.lost.addEventListener('abort', () =>
    fail(new AppError('E_DATA_LOCKED', `another process took the data directory ${lock.dir}`)),
  );
  await checkDataFormat(lock.dir, version);
  await assertDiskSpace(lock.dir, config.events.minFreeDisk);
  const disk = startDiskGuard(lock.dir, config.events.minFreeDisk, logger);
  stops.push('disk guard', () => disk.stop());

  const stores = await openStores(config, logger, stops, fail);
  const { events, records } = stores;
  const mappingsText = await readFile(paths.mappings, 'utf8');
  const limits = pipelineOptions(config);

  const access = createAccess({ records, clock, logger, sessionLifetimeMs: config.session.lifetime });
  stops.push('access', () => access.stop());
  const { admin, localCli } = await access.bootstrap();
  const outbox = createOutboxDispatcher({ records, clock, logger, pollMs: 1_000 });
  outbox.start();
  stops.push('outbox', () => outbox.stop());

  const worker = startPipelineWorker(workers.pipeline, {
    mappings: mappingsText,
    range: { earliest: limits.earliest, futureLimitMs: limits.futureLimitMs },
    filterReading: config.rules.filters,
    ...ruleCacheIn(join(lock.dir, 'cache')),
  });
  stops.push('pipeline worker', () => worker.close());
  worker.failed.then(fail, fail);
  const mappings = parseMappings(mappingsText);
  const rules = createRules({
    records,
    clock,
    mappings,
    filterReading: config.rules.filters,
    profiles: await readProfiles(),
  });
  const assets = createAssets({ records, clock, shipped: await readNeverGroup() });
  await assets.refresh();
  const learnAccounts = createLearnAccounts({ clock, neverGroup: () => assets.compiled() });
  const stateful = createStateful({
    records,
    logger,
    limits: { maxEntries: config.rules.maxMemory, latenessMs: config.rules.lateness },
  });
  const ruleBook = createRuleBook({ rules, records, worker, stateful, logger });
  await loadStarterRules({ rules, records });
  await ruleBook.refresh();

  const contexts = createContexts(records, clock);
  const counters = createCounters();
  const lastSeq = await events.lastSeq();
  const sequence = await openSequence(records, lastSeq);
  const detect = createDetectConsumer({
    records,
    events,
    worker,
    contexts,
    clock,
    logger,
    sleep,
    stateful,
    parsers,
    fold: (tx, detections) =>
      foldDetections(tx, detections, {
        now: clock.now(),
        rules: (...key) => ruleBook.facts(...key),
        policy: foldPolicy(config),
        neverGroup: assets.compiled(),
      }),
    async count(tx, tallies) {
      await countLogsources(tx, tallies);
      await learnAccounts(tx, tallies);
    },
    onCommitted: () => outbox.nudge(),
  });
  const appender = createAppender(
    { events, worker, sequence, logger, sleep, onStored: (batches) => detect.offer(batches) },
    lastSeq,
  );
  await detect.start(lastSeq);
  stops.push('detection', () => detect.stop(), 30_000);
  const endTicks = every(15_000, () => void detect.tick());
  stops.push('time of correlations', async () => endTicks());
  stops.push('appender', () => appender.stop(), 30_000);
  const intake = createIntake({ events, appender, contexts, detect, clock, counters, options: limits });
  if (options.role === 'serve') {
    const listeners = await startSyslogListeners(config.sources.syslog.map(listenerOf), mainTenant, {
      appender,
      contexts,
      detect,
      clock,
      counters,
      options: limits,
      logger,
      every,
    });
    stops.push('syslog listeners', () => listeners.stop(), 30_000);
  }
  const expiry = createExpiry({ records, events, clock, logger, retentionMs: config.events.retention });

  const raise = createRaiseVisibility(clock, () => assets.compiled());
  const resumed = createNoteResumed(clock);
  const health = createHealth({ events, records, clock, listeningSince: startedAt, raise, resumed });

  if (options.role === 'serve') {
    const jobs = openPgBossJobs({ records, logger });
    await jobs.start();
    stops.push('jobs', () => jobs.stop());
    await jobs.work('events.expire', async () => void (await expiry.run()));
    await jobs.schedule('events.expire', '17 3 * * *');
    const detectionExpiry = { records, clock, logger, retentionMs: config.rules.detectionRetention };
    await jobs.work('detections.expire', async () => void (await expireDetections(detectionExpiry)));
    await jobs.schedule('detections.expire', '27 3 * * *');
    await jobs.work('records.maintain', () => records.maintain());
    await jobs.schedule('records.maintain', '47 3 * * *');
    await jobs.work('sources.watch', () => health.watch(mainTenant).finally(() => outbox.nudge()));
    await jobs.schedule('sources.watch', '* * * * *');
    await jobs.work('queue.wake', async () => {
      if ((await wakeDue(records, clock)) > 0) outbox.nudge();
    });
    await jobs.schedule('queue.wake', '* * * * *');
  }

  let publicUrl = config.publicUrl ?? '';
  const newSignInLink = async () => {
    const { token, expiresAt } = await access.newSignInLink(admin.id);
    return { url: `${publicUrl}/sign-in#token=${token}`, expiresAt };
  };

  const trials = { events, contexts, parsers, mappings, filterReading: config.rules.filters };
  const eventsService = createEventsService(events, contexts);
  const queueServices = createQueueServices({
    records,
    clock,
    outbox,
    assets,
    rules,
    ruleBook,
    events: eventsService,
    store: events,
    health,
    person: (tenant, id) => access.person(tenant, id),
    stops,
  });
  const services: Services = {
    ...queueServices,
    events: eventsService,
    hunts: createHunts({ events, clock, views: eventViews(contexts), verbatim: verbatimParsers }),
    rules: {
      ...queueServices.rules,
      async get(scope, id) {
        const rule = await rules.get(scope, id);
        const memory = stateful.stats(scope.tenant).get(rule.id) ?? null;
        return { ...rule, memory, problem: ruleBook.problem(rule.id) };
      },
      explain: (scope, query) => explainOne({ ...trials, rules }, scope, query),
      backtest: (scope, query, signal) => backtest({ ...trials, rules, clock }, scope, query, signal),
      backtestSteps: (scope, query, signal) =>
        backtestSteps({ ...trials, rules, clock }, scope, query, signal),
      tryOut: (scope, query) => tryRule({ ...trials, rules }, scope, query),
      testEvidence: (scope, id, source) => testEvidence({ ...trials, rules }, scope, id, source),
      testAll: (scope, ids) => testAll({ ...trials, rules }, scope, ids),
      keepEvidence: (actor, evidence) => keepEvidence({ ...trials, rules }, actor, evidence),
      vocabulary: (scope) => ruleVocabulary({ rules, mappings }, scope),
      fields: (scope, logsource, signal) =>
        logsourceFields({ ...trials, rules, clock }, scope, logsource, signal),
    },
    sources: createSources({ records, clock, access }),
    health,
    audit: createAuditReader(records),
    system: createSystemService({
      events,
      records,
      clock,
      startedAt,
      appender,
      detect,
      counters,
      expiry,
      ruleBook,
      newSignInLink,
    }),
    live: outbox,
    intake: createIntakeService(intake, disk, config.sources.webhook),
    ready: async () => ({ ready: true, missing: [] }),
  };

  const command = options.role === 'command';
  const server = await createServer({
    services,
    access,
    logger,
    clock,
    consoleDir: paths.console,
    config: {
      host: command ? '127.0.0.1' : config.host,
      ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
      maxBodyBytes: limits.maxBodyBytes,
      version,
    },
  });
  stops.push('http server', () => server.close(), 15_000);
  const host = command ? '127.0.0.1' : config.host;
  const port = command ? 0 : config.port;
  await server.listen({ host, port }).catch((thrown: unknown) => {
    if (!isAddressInUse(thrown)) throw thrown;
    throw new AppError(
      'E_PORT_TAKEN',
      `port ${port} of ${host} is taken by another program: stop it, or choose another with --port`,
      { host, port },
      thrown,
    );
  });
  const bound = (server.server.address() as AddressInfo).port;
  const url = `http://${reachable(host)}:${bound}`;
  publicUrl ||= `http://localhost:${bound}`;
  const localToken = await access.issueToken({ identity: localCli, kind: 'api_token', replace: true });

  if (!command) {
    await writeServiceFile(lock.dir, {
      url,
      pid: process.pid,
      token: localToken,
      startedAt: toIso(startedAt),
    });
    stops.push('service file', () => removeServiceFile(lock.dir));
  }
  const signInUrl = command ? null : (await newSignInLink()).url;
  if (config.demo && !command) {
    const demo = await startDemo({ intake, records, clock, logger }, mainTenant);
    stops.push('demo', () => demo.stop());
  }
  return {
    url,
    publicUrl,
    signInUrl,
    localToken,
    failed,
    async stop() {
      await stops.stop();
    },
  };
}

function listenerOf({ listen, ...rest }: Config['sources']['syslog'][number]) {
  return { ...rest, ...listen };
}

/** An address that this machine can connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
