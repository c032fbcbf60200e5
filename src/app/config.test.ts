import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { AppError } from '../base/errors.ts';
import { type Config, type ConfigFlags, loadConfig } from './config.ts';
import { listConfigKeys } from './config-keys.ts';

interface Given {
  readonly flags?: ConfigFlags;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

function load({ flags = {}, env = {}, files = {} }: Given = {}): Config {
  return loadConfig({ flags, env, cwd: '/srv', readFile: (path) => files[path] ?? null });
}

function problemsOf(given: Given): unknown {
  try {
    load(given);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'E_CONFIG') return thrown.details['problems'];
    throw thrown;
  }
  return [];
}

const yml = '/srv/data/watchfloor.yml';

test('nothing has to be configured', () => {
  const config = load();
  expect(config).toMatchObject({ data: '/srv/data', host: '127.0.0.1', port: 4880, demo: false });
  expect(config.publicUrl).toBeUndefined();
  expect(config.intake).toEqual({
    maxBodyBytes: 64 * 2 ** 20,
    maxCompressedBytes: 16 * 2 ** 20,
    maxRecordBytes: 2 ** 20,
    maxDecompressionRatio: 200,
    batchRecords: 5_000,
    batchBytes: 8 * 2 ** 20,
    resendWindow: 86_400_000,
    futureLimit: 86_400_000,
    earliest: Date.UTC(1990, 0, 1),
  });
  expect(config.events).toMatchObject({
    store: 'embedded',
    retention: 400 * 86_400_000,
    minFreeDisk: 512 * 2 ** 20,
  });
  expect(config.records.store).toBe('embedded');
});

test('flags win over variables, variables over the file, the file over defaults', () => {
  const files = { [yml]: 'port: 1\nhost: file\nlog: {level: warn}\nsession: {lifetime: 1h}\n' };
  const env = { WATCHFLOOR_PORT: '2', WATCHFLOOR_HOST: 'variable' };
  const config = load({ files, env, flags: { port: '3', host: undefined } });
  expect([config.port, config.host, config.log.level, config.session.lifetime]).toEqual([
    3,
    'variable',
    'warn',
    3_600_000,
  ]);
});

test('a section in the file and a variable for another key of it both count', () => {
  const config = load({
    files: { [yml]: 'intake:\n  batchRecords: 7\n' },
    env: { WATCHFLOOR_INTAKE_MAX_RECORD_BYTES: '2MiB' },
  });
  expect([config.intake.batchRecords, config.intake.maxRecordBytes]).toEqual([7, 2 * 2 ** 20]);
});

test.each([
  { why: 'the default place is in the data directory', flags: {}, env: {}, path: yml },
  {
    why: 'the data directory can be elsewhere',
    flags: { data: '/var/wf' },
    env: {},
    path: '/var/wf/watchfloor.yml',
  },
  { why: 'a flag names the file', flags: { config: 'etc/w.yml' }, env: {}, path: '/srv/etc/w.yml' },
  {
    why: 'a variable names the file',
    flags: {},
    env: { WATCHFLOOR_CONFIG: '/etc/w.yml' },
    path: '/etc/w.yml',
  },
])('finds its file: $why', ({ flags, env, path }) => {
  expect(load({ flags, env, files: { [path]: 'port: 99' } }).port).toBe(99);
});

test('paths in a file are relative to the file, those given elsewhere to the working directory', () => {
  const files = { '/etc/wf/w.yml': 'data: store', '/srv/other/watchfloor.yml': '' };
  expect(load({ files, flags: { config: '/etc/wf/w.yml' } }).data).toBe('/etc/wf/store');
  expect(load({ files, flags: { data: 'other' } }).data).toBe('/srv/other');
});

test.each([
  {
    why: 'a slip in a key of the top',
    file: 'prot: 1',
    problem: `${yml}:1: unknown key "prot"; did you mean "port"?`,
  },
  {
    why: 'a slip in a section, with the line it is on',
    file: 'port: 1\nintake:\n  maxRecordByte: 1MiB',
    problem: `${yml}:3: unknown key "intake.maxRecordByte"; did you mean "intake.maxRecordBytes"?`,
  },
  {
    why: 'a key that lives in another section',
    file: 'retention: 30d',
    problem: `${yml}:1: unknown key "retention"; did you mean "events.retention"?`,
  },
  { why: 'nothing is near', file: 'zzzzzz: 1', problem: `${yml}:1: unknown key "zzzzzz"` },
  {
    why: 'the prototype is no key',
    file: '__proto__:\n  port: 1',
    problem: `${yml}:1: unknown key "__proto__"`,
  },
  {
    why: 'a list is no section',
    file: 'log: [a]',
    problem: `${yml}:1: log must be a section with keys of its own`,
  },
  { why: 'no number', file: 'port: ssh', problem: `${yml}:1: port must be a whole number from 0 to 65535` },
  {
    why: 'too high a port',
    file: 'port: 70000',
    problem: `${yml}:1: port must be a whole number from 0 to 65535`,
  },
  {
    why: 'a duration without a known unit',
    file: 'events: {retention: 3 weeks}',
    problem: `${yml}:1: events.retention must be a duration such as "30d", "12h", "15m" or "90s", or a whole number of milliseconds`,
  },
  {
    why: 'half a day is less than the day that retention counts in',
    file: 'events: {retention: 12h}',
    problem: `${yml}:1: events.retention must be at least 86400000 ms`,
  },
  {
    why: 'a size in decimal units would mean something else than people think',
    file: 'intake: {batchBytes: 8MB}',
    problem: `${yml}:1: intake.batchBytes must be a size such as "64MiB", "512KiB" or "2GiB", or a whole number of bytes`,
  },
  {
    why: 'a day that is not in the calendar',
    file: 'intake: {earliest: 1990-02-30}',
    problem: `${yml}:1: intake.earliest must be a date such as "1990-01-01"`,
  },
  {
    why: 'a choice that there is not',
    file: 'records:\n  store: mysql',
    problem: `${yml}:2: records.store must be one of embedded, postgres`,
  },
  {
    why: 'another engine needs its address',
    file: 'records: {store: postgres}',
    problem: 'records.postgres.url: is needed when records.store is postgres',
  },
  {
    why: 'a password in a URL is a secret in the file',
    file: 'records:\n  postgres:\n    url: postgres://u:p@db/wf',
    problem: `${yml}:3: records.postgres.url must not hold a password; give it as password: {env: NAME} or {file: PATH}`,
  },
  {
    why: 'a file found through the data directory can not move it',
    file: 'data: /elsewhere',
    problem: `${yml}:1: data can't be set in a file that is found through it; use --data`,
  },
  {
    why: 'broken YAML',
    file: 'port: 1\n host: x',
    problem: `${yml}:2: is not valid YAML: bad indentation of a mapping entry`,
  },
  {
    why: 'the same key twice hides one of them',
    file: 'port: 1\nport: 2',
    problem: `${yml}:2: is not valid YAML: duplicated mapping key`,
  },
  {
    why: 'aliases make a small file huge',
    file: 'log: &a {level: info}\nsession: *a',
    problem: `${yml}:2: is not valid YAML: aliases exceeded maxAliases (0)`,
  },
  {
    why: 'a list at the top',
    file: '- port',
    problem: `${yml}:1: must hold keys and values at its top, such as "port: 4880"`,
  },
])('refuses a file, naming place and fix: $why', ({ file, problem }) => {
  expect(problemsOf({ files: { [yml]: file } })).toEqual([problem]);
});

test.each([
  { why: 'empty', file: '' },
  { why: 'only comments', file: '# port: 1\n' },
  { why: 'a document mark and nothing', file: '---\n' },
])('a file without keys is fine: $why', ({ file }) => {
  expect(load({ files: { [yml]: file } }).port).toBe(4880);
});

test('everything wrong is told at once, wherever it comes from', () => {
  const problems = problemsOf({
    files: { [yml]: 'prot: 1\nlog: {level: loud}' },
    env: { WATCHFLOOR_HOTS: 'x', WATCHFLOOR_PORT: 'tcp://10.0.0.1:4880', PATH: '/bin' },
    flags: { dat: '/x', session: 'x' },
  });
  expect(problems).toEqual([
    '--dat: unknown key; did you mean "data"?',
    '--session: unknown key',
    'WATCHFLOOR_PORT: port must be a whole number from 0 to 65535',
    `${yml}:2: log.level must be one of debug, info, warn, error`,
    `${yml}:1: unknown key "prot"; did you mean "port"?`,
    'WATCHFLOOR_HOTS: unknown variable; did you mean "WATCHFLOOR_HOST"?',
  ]);
});

test('a file that was asked for must be there', () => {
  expect(problemsOf({ flags: { config: 'no.yml' } })).toEqual([
    '/srv/no.yml: there is no such configuration file',
  ]);
});

test.each([
  {
    why: 'from a variable',
    file: 'records: {postgres: {password: {env: WATCHFLOOR_DB_PASS}}}',
    env: { WATCHFLOOR_DB_PASS: 'hunter2' },
  },
  {
    why: 'from a file beside the configuration',
    file: 'records: {postgres: {password: {file: db.txt}}}',
    env: {},
  },
  {
    why: 'a variable says which variable',
    file: '',
    env: { WATCHFLOOR_RECORDS_POSTGRES_PASSWORD_ENV: 'DB_PASS', DB_PASS: 'hunter2' },
  },
  {
    why: 'a variable says which file, and replaces what the file says',
    file: 'records: {postgres: {password: {env: NOT_SET}}}',
    env: { WATCHFLOOR_RECORDS_POSTGRES_PASSWORD_FILE: 'data/db.txt' },
  },
])('reads a secret: $why', ({ file, env }) => {
  const config = load({ files: { [yml]: file, '/srv/data/db.txt': 'hunter2\n' }, env });
  expect(config.records.postgres.password?.reveal()).toBe('hunter2');
  expect(
    `${JSON.stringify(config)}${inspect(config, { depth: 9 })}${String(config.records.postgres.password)}`,
  ).not.toContain('hunter2');
});

test.each([
  {
    why: 'plain text in the file',
    file: 'records: {postgres: {password: hunter2}}',
    env: {},
    problem: `${yml}:1: records.postgres.password is a secret and is never written here; give {env: NAME} or {file: PATH}`,
  },
  {
    why: 'plain text in its variable',
    file: '',
    env: { WATCHFLOOR_RECORDS_POSTGRES_PASSWORD: 'hunter2' },
    problem:
      'WATCHFLOOR_RECORDS_POSTGRES_PASSWORD: a secret is not given in the variable itself; name where it is in WATCHFLOOR_RECORDS_POSTGRES_PASSWORD_ENV or WATCHFLOOR_RECORDS_POSTGRES_PASSWORD_FILE',
  },
  {
    why: 'a variable that is not set',
    file: 'events: {clickhouse: {password: {env: NOT_SET}}}',
    env: {},
    problem: `${yml}:1: events.clickhouse.password the variable NOT_SET is not set`,
  },
  {
    why: 'a file that is not there',
    file: 'events: {clickhouse: {password: {file: no.txt}}}',
    env: {},
    problem: `${yml}:1: events.clickhouse.password /srv/data/no.txt is missing or empty`,
  },
  {
    why: 'both at once',
    file: '',
    env: {
      WATCHFLOOR_EVENTS_CLICKHOUSE_PASSWORD_ENV: 'PASS',
      WATCHFLOOR_EVENTS_CLICKHOUSE_PASSWORD_FILE: 'data/db.txt',
      PASS: 'x',
    },
    problem:
      'WATCHFLOOR_EVENTS_CLICKHOUSE_PASSWORD_FILE: WATCHFLOOR_EVENTS_CLICKHOUSE_PASSWORD_ENV is set too; only one can say where the secret is',
  },
])('refuses a secret without repeating it: $why', ({ file, env, problem }) => {
  const problems = problemsOf({ files: { [yml]: file, '/srv/data/db.txt': 'x' }, env });
  expect(problems).toEqual([problem]);
});

test('a secret is refused as a flag, because flags show in the list of processes', () => {
  expect(problemsOf({ flags: { 'records.postgres.password': 'hunter2' } })).toEqual([
    '--records.postgres.password: is a secret; flags show in the list of processes, so use WATCHFLOOR_RECORDS_POSTGRES_PASSWORD_ENV or WATCHFLOOR_RECORDS_POSTGRES_PASSWORD_FILE',
  ]);
});

test('a batch must be able to hold the longest record', () => {
  const files = { [yml]: 'intake: {maxRecordBytes: 9MiB}' };
  expect(problemsOf({ files })).toEqual(['intake.maxRecordBytes: must not be more than intake.batchBytes']);
});

test('every key has a meaning and variables of its own', () => {
  const keys = listConfigKeys();
  const variables = keys.flatMap((key) => key.variables);
  expect(new Set(variables).size).toBe(variables.length);
  expect(keys.filter(({ description }) => !description.endsWith('.'))).toEqual([]);
  expect(keys.map(({ path }) => path)).toContain('intake.maxRecordBytes');
  expect(variables).toContain('WATCHFLOOR_INTAKE_MAX_RECORD_BYTES');
});

test('the configuration can not be changed once it is read', () => {
  const config = load();
  expect(() => Object.assign(config.intake, { batchRecords: 1 })).toThrow(TypeError);
});

test('listeners and webhooks are lists', () => {
  const files = {
    [yml]: `sources:
  syslog:
    - {source: firewall, listen: "0.0.0.0:5514", zone: Europe/Berlin}
    - {source: servers, listen: "[::]:6514", transport: tcp}
    - {source: local, listen: 5515}
  webhook:
    - source: nms
      mapping: {uid: body.id, title: body.name}
`,
  };
  const { sources } = load({ files });
  expect(sources.syslog).toMatchObject([
    { source: 'firewall', listen: { host: '0.0.0.0', port: 5514 }, transport: 'udp', zone: 'Europe/Berlin' },
    { source: 'servers', listen: { host: '::', port: 6514 }, transport: 'tcp', maxConnections: 512 },
    { source: 'local', listen: { host: '0.0.0.0', port: 5515 } },
  ]);
  expect(sources.webhook).toEqual([{ source: 'nms', mapping: { uid: 'body.id', title: 'body.name' } }]);
});

test('TLS goes with its files, and only with TLS', () => {
  const files = {
    [yml]: `sources:
  syslog:
    - {source: good, listen: 6514, transport: tls, tls: {certificate: a.pem, key: a.key}}
    - {source: bare, listen: 6515, transport: tls}
    - {source: plain, listen: 6516, transport: tcp, tls: {certificate: a.pem, key: a.key}}
    - {source: keyless, listen: 6517, transport: tls, tls: {certificate: a.pem}}
`,
  };
  expect(problemsOf({ files })).toEqual([
    expect.stringMatching(/:4: sources.syslog.1.transport tls needs `tls` beside it/),
    expect.stringMatching(/:5: sources.syslog.2.tls goes with the transport tls, not tcp/),
    expect.stringMatching(/:6: sources.syslog.3.tls.key must be the path of a PEM file/),
  ]);
});

test('a problem in a list names its line, and the place in an expression', () => {
  const files = {
    [yml]: `sources:
  syslog:
    - source: good
      listen: 0.0.0.0:5514
    - source: bad
      listen: somewhere
      zone: Mars/Olympus
  webhook:
    - source: nms
      mapping:
        uid: body.id
        title: body.name
        severity: body.prio +
    - source: nms
      mapping: {uid: body.id}
`,
  };
  expect(problemsOf({ files })).toEqual([
    `${yml}:6: sources.syslog.1.listen must be "ADDRESS:PORT", such as "0.0.0.0:5514"`,
    `${yml}:7: sources.syslog.1.zone must be the name of a time zone, such as "Europe/Berlin"`,
    expect.stringMatching(
      /watchfloor.yml:13: sources.webhook.0.mapping.severity is no usable CEL expression: .*at character \d+/,
    ),
    expect.stringMatching(/watchfloor.yml:15: sources.webhook.1.mapping.title must be/),
  ]);
});
