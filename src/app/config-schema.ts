/** Every configuration key with its default and its meaning; docs/reference/config.md is generated from here. */
import { z } from 'zod';
import { filterReadings } from '../lang/sigma/index.ts';
import { sources } from './config-sources.ts';
import {
  byteSize,
  duration,
  flag,
  httpUrl,
  integer,
  oneOf,
  postgresUrl,
  type Secret,
  type SecretReader,
  secret,
  text,
  utcDate,
} from './config-values.ts';

const log = z.strictObject({
  level: oneOf(['debug', 'info', 'warn', 'error'], 'info', 'What is logged: this level and those above it.'),
});

const intake = z.strictObject({
  maxBodyBytes: byteSize(
    '64MiB',
    'Largest request body after decompression; more is refused with 413.',
    1_024,
  ),
  maxCompressedBytes: byteSize('16MiB', 'Largest compressed request body as it is sent.', 1_024),
  maxRecordBytes: byteSize(
    '1MiB',
    'Longest record. A longer one is kept cut to this length, as unparsed.',
    1_024,
  ),
  maxDecompressionRatio: integer(
    200,
    'Times that a compressed body may grow before it is refused.',
    1,
    100_000,
  ),
  batchRecords: integer(5_000, 'Most records that are parsed and stored as one batch.', 1, 1_000_000),
  batchBytes: byteSize('8MiB', 'Most bytes of raw records in one batch.', 65_536),
  resendWindow: duration(
    '24h',
    'How long a delivery is remembered, so that sending it again stores nothing twice.',
  ),
  futureLimit: duration(
    '1d',
    'An event dated later than its receipt plus this gets the time of receipt instead.',
  ),
  earliest: utcDate('1990-01-01', 'An event dated before this UTC day gets the time of receipt instead.'),
});

const clickhouse = (read: SecretReader) =>
  z.strictObject({
    url: httpUrl(
      "Address of the ClickHouse server's HTTP interface; needed when events.store is clickhouse.",
    ).optional(),
    user: text('User to sign in with.').prefault('default'),
    password: secret(read, 'Password of that user.').optional(),
    database: text('Database that holds the tables; created when it is missing.').prefault('watchfloor'),
  });

const events = (read: SecretReader) =>
  z.strictObject({
    store: oneOf(
      ['embedded', 'clickhouse'],
      'embedded',
      'Where events are kept: in the data directory, or on a ClickHouse server.',
    ),
    clickhouse: clickhouse(read).prefault({}),
    retention: duration(
      '400d',
      'Events are dropped this long after the day of their receipt, unless held.',
      86_400_000,
    ),
    searchTimeout: duration('60s', 'A search that takes longer is stopped.', 100),
    searchMaxMemory: byteSize('2GiB', 'A search that needs more memory is stopped.', 16 * 2 ** 20),
    minFreeDisk: byteSize(
      '512MiB',
      'Intake refuses with 507 while less than this is free on the disk of the data.',
      0,
    ),
  });

const postgres = (read: SecretReader) =>
  z.strictObject({
    url: postgresUrl(
      'Address of the PostgreSQL server (15 or newer), without a password; needed when records.store is postgres.',
    ).optional(),
    password: secret(read, 'Password of the user in the URL.').optional(),
    poolMax: integer(10, 'Most connections held to the server.', 1, 1_000),
  });

const records = (read: SecretReader) =>
  z.strictObject({
    store: oneOf(
      ['embedded', 'postgres'],
      'embedded',
      'Where alerts, rules, identities and the audit log are kept: in the data directory, or on a PostgreSQL server.',
    ),
    postgres: postgres(read).prefault({}),
  });

const rules = z.strictObject({
  detectionRetention: duration(
    '90d',
    'Detections that opened no alert (observed, excepted, flooded) are dropped this long after they were made, unless their day is held; their counts by day stay.',
    86_400_000,
  ),
  filters: oneOf(
    filterReadings,
    'require',
    'What the condition of a filter document means: it has to hold as well (require), or what it matches is left out (exclude).',
  ),
  maxMemory: integer(
    200_000,
    'Most observations that one correlation or new terms rule remembers; beyond it, what was touched longest ago is forgotten, and counted.',
    1_000,
    10_000_000,
  ),
  lateness: duration(
    '5m',
    'How much later than newer ones of its group an event may come and still be counted exactly by a correlation.',
    0,
  ),
});

const alerts = z.strictObject({
  foldGap: duration(
    '4h',
    'A detection joins the open alert of its rule and entity when its event time lies at most this far from those before.',
    60_000,
  ),
  foldMax: duration('24h', 'Longest span of event time of one alert.', 60_000),
  floodCap: integer(
    50,
    'Most alerts that one rule opens in an hour; beyond it detections are only counted, and the rule is marked.',
    1,
    100_000,
  ),
  incidentGap: duration(
    '4h',
    'Alerts that share an entity belong to one incident when they lie at most this far apart in event time.',
    60_000,
  ),
  incidentMax: duration('24h', 'Longest span of event time of one incident.', 60_000),
  incidentMaxAlerts: integer(200, 'Most alerts that come into one incident by themselves.', 2, 2_000),
});

const session = z.strictObject({
  lifetime: duration('12h', 'A sign-in ends after this time.', 60_000),
});

/** The whole schema. `read` fetches secrets while the configuration is parsed. */
export function configSchema(read: SecretReader) {
  return z.strictObject({
    data: text(
      'Data directory, created when it is missing. Relative to the working directory.',
      'path',
    ).prefault('./data'),
    host: text('Address to listen on. 0.0.0.0 or :: listens on every interface.', 'host').prefault(
      '127.0.0.1',
    ),
    port: integer(4_880, 'Port to listen on; 0 takes a free one.', 0, 65_535),
    demo: flag(false, 'Start with sample records, for a look around.'),
    publicUrl: httpUrl(
      'Address at which people reach the console, when it is not http://localhost:PORT (behind a proxy, say).',
    ).optional(),
    log: log.prefault({}),
    intake: intake.prefault({}),
    sources: sources.prefault({}),
    events: events(read).prefault({}),
    records: records(read).prefault({}),
    rules: rules.prefault({}),
    alerts: alerts.prefault({}),
    session: session.prefault({}),
  });
}

type Frozen<T> = T extends Secret ? T : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** The configuration as the service uses it: durations in milliseconds, sizes in bytes, `data` absolute. */
export type Config = Frozen<z.output<ReturnType<typeof configSchema>>>;
