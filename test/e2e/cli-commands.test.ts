/** The other commands against a running service: JSON lines and nothing else on standard output, and the exit codes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../support/events.ts';
import {
  type CommandResult,
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  startWatchfloor,
  temporaryData,
} from '../support/service.ts';

let data: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;
beforeAll(async () => {
  data = await temporaryData('commands');
  service = await startServiceProcess(data.dir);
  const run = await runWatchfloor(['import', '-', '--data', data.dir], {
    input: ndjson([...processEvents('WS-1', 20, 5), ...processEvents('WS-2', 20, 10)]),
  });
  expect(run.code).toBe(0);
});
afterAll(async () => {
  await service?.stop();
  await data?.remove();
});

const here = (...args: string[]): Promise<CommandResult> => runWatchfloor([...args, '--data', data.dir]);

async function json(...args: string[]) {
  const run = await here(...args, '--json');
  expect({ args, code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({
    args,
    code: 0,
    stderr: '',
  });
  return jsonLines(run.stdout);
}

describe('the command line', () => {
  it('takes shared options before the command as well', async () => {
    const run = await runWatchfloor(['--data', data.dir, '--json', 'alerts', 'list']);
    expect({ code: run.code, lines: jsonLines(run.stdout).length }).toEqual({ code: 0, lines: 2 });
  });

  it('ends quietly when the reader of its output has seen enough', async () => {
    const { child, done } = startWatchfloor([
      'events',
      'search',
      '--limit',
      '40',
      '--json',
      '--data',
      data.dir,
    ]);
    child.stdout?.destroy();
    const { code, stderr } = await done;
    expect(stderr).not.toContain('EPIPE');
    expect([0, 130]).toContain(code);
  });
});

describe('lists', () => {
  it.each([
    {
      args: ['alerts', 'list'],
      lines: 2,
      has: ['id', 'key', 'title', 'severity', 'status', 'host', 'detections', 'version'],
    },
    { args: ['alerts'], lines: 2, has: ['key'] },
    { args: ['alerts', 'list', '--limit', '1'], lines: 1, has: ['key'] },
    { args: ['alerts', 'list', '--status', 'closed'], lines: 0, has: [] },
    { args: ['events', 'search'], lines: 40, has: ['eventId', 'time', 'host', 'user', 'commandLine', 'raw'] },
    { args: ['events', 'search', '--host', 'WS-2', '--text', '-ENC'], lines: 2, has: ['eventId'] },
    { args: ['events', 'search', '--unparsed'], lines: 0, has: [] },
    { args: ['rules', 'list'], lines: null, has: ['id', 'title', 'severity', 'state', 'version'] },
    { args: ['sources'], lines: null, has: [] },
    { args: ['holds'], lines: 0, has: [] },
    { args: ['status'], lines: 1, has: ['version', 'events', 'consumers', 'rules', 'intake'] },
  ])('$args is one object a line', async ({ args, lines, has }) => {
    const objects = await json(...args);
    if (lines !== null) expect(objects).toHaveLength(lines);
    for (const object of objects) for (const name of has) expect(object).toHaveProperty(name);
  });

  it('limits of 0 and more pages than one give all alerts', async () => {
    expect(await json('alerts', 'list', '--limit', '0')).toHaveLength(2);
  });

  it('without --json there are tables for people', async () => {
    expect((await here('alerts')).stdout).toMatch(/^ALERT +SEVERITY +STATUS/);
    expect((await here('events')).stdout).toMatch(/^TIME +HOST +USER/);
    expect((await here('rules')).stdout).toMatch(/^RULE +SEVERITY +STATE/);
  });
});

describe('changes', () => {
  it('an alert is assigned, commented, closed and reopened, and its history names who did it', async () => {
    const [first] = await json('alerts', '--text', 'WS-1');
    const key = String(first?.['key']);
    expect(await json('alerts', 'comment', key, 'looks like an administrator')).toMatchObject([{ key }]);
    expect(await json('alerts', 'close', key, 'benign_positive', 'planned work')).toMatchObject([
      { key, status: 'closed', verdict: 'benign_positive' },
    ]);
    const twice = await here('alerts', 'close', key, 'benign_positive');
    expect(twice.code).toBe(1);
    expect(twice.stderr).toMatch(/closed/);
    expect(await json('alerts', 'reopen', key, 'it was not')).toMatchObject([{ key, verdict: null }]);
    const [shown] = await json('alerts', 'show', key);
    const history = shown?.['history'] as { kind: string; actor: { name: string } }[];
    expect(history.map((one) => one.kind)).toEqual(
      expect.arrayContaining(['created', 'commented', 'closed', 'reopened']),
    );
    expect(history.find((one) => one.kind === 'closed')?.actor.name).toBe('local-cli');
  });

  it('a closed alert stays closed when more comes: the detections open another', async () => {
    const [first] = await json('alerts', '--text', 'WS-2');
    await json('alerts', 'close', String(first?.['key']), 'true_positive');
    const run = await runWatchfloor(['import', '-', '--data', data.dir, '--json'], {
      input: ndjson(processEvents('WS-2', 3, 1)),
    });
    expect(jsonLines(run.stdout)).toMatchObject([{ detections: 3, alerts: 1 }]);
    const all = await json('alerts', '--status', 'new', 'in_triage', 'closed', '--text', 'WS-2');
    expect(Object.fromEntries(all.map((one) => [one['status'], one['detections']]))).toEqual({
      closed: 2,
      new: 3,
    });
  });

  it('a rule is shown, turned off and on again', async () => {
    const [rule] = await json('rules', 'list', '--text', 'Encoded');
    const id = String(rule?.['id']);
    expect((await here('rules', 'show', id)).stdout).toContain(`id: ${id}`);
    expect(await json('rules', 'off', id)).toMatchObject([{ id, state: 'off' }]);
    const quiet = await runWatchfloor(['import', '-', '--data', data.dir, '--json'], {
      input: ndjson(processEvents('QUIET', 4, 1)),
    });
    expect(jsonLines(quiet.stdout)).toMatchObject([{ stored: 4, detections: 0, alerts: 0 }]);
    expect(await json('rules', 'on', id)).toMatchObject([{ id, state: 'alert' }]);
  });

  it('a source gets its token once', async () => {
    const [made] = await json('sources', 'add', 'dc-01', 'domain controller');
    expect(made).toMatchObject({ id: 'dc-01', token: expect.stringMatching(/\S{20}/) });
    const listed = await here('sources', '--json');
    expect(jsonLines(listed.stdout).map((one) => one['id'])).toContain('dc-01');
    expect(listed.stdout).not.toContain(String(made?.['token']));
    expect((await here('sources', 'add', 'dc-01')).code).toBe(1);
    expect((await here('sources', 'add', 'Not A Name')).code).toBe(1);
  });

  it('a hold is made, listed and released', async () => {
    const [made] = await json('holds', 'add', '2026-03-01', '2026-03-31', 'case 17');
    const id = String(made?.['id']);
    expect(await json('holds')).toMatchObject([
      { id, reason: 'case 17', fromDay: '2026-03-01', toDay: '2026-03-31', releasedAt: null },
    ]);
    expect(await json('holds', 'release', id)).toMatchObject([{ id }]);
    expect((await json('holds'))[0]?.['releasedAt']).toEqual(expect.any(String));
    expect((await here('holds', 'release', id)).code).toBe(1);
    expect((await here('holds', 'add', '2026-03-31', '2026-03-01', 'backwards')).code).toBe(1);
  });

  it('an event is found by its id, with the three views of it', async () => {
    const [event] = await json('events', '--host', 'WS-1', '--limit', '1');
    const [shown] = await json('events', 'show', String(event?.['eventId']));
    expect(shown).toMatchObject({ native: { Computer: 'WS-1' }, ocsf: { class_uid: 1007 } });
  });
});

describe('exit codes', () => {
  it.each([
    { args: ['alerts', 'show', 'ALR-999'], code: 1, says: 'ALR-999', why: 'there is no such alert' },
    { args: ['events', 'show', 'nonsense'], code: 1, says: 'nonsense', why: 'there is no such event' },
    { args: ['rules', 'off', 'nonsense'], code: 1, says: 'nonsense', why: 'there is no such rule' },
    {
      args: ['alerts', 'close', 'ALR-1', 'guilty'],
      code: 1,
      says: 'true_positive',
      why: 'there is no such verdict',
    },
    {
      args: ['alerts', 'list', '--status', 'open'],
      code: 1,
      says: 'in_triage',
      why: 'there is no such status',
    },
    { args: ['alerts', 'list', '--limit', 'many'], code: 2, says: 'limit', why: 'that is not a number' },
    { args: ['events', 'search', '--limit', 'many'], code: 2, says: 'limit', why: 'that is not a number' },
    { args: ['events', 'search', '--from', 'yesterday'], code: 2, says: 'from', why: 'that is not a time' },
    { args: ['import'], code: 2, says: 'file', why: 'an argument is missing' },
    { args: ['alerts', 'list', '--colour'], code: 2, says: '--colour', why: 'there is no such option' },
  ])('$code for $args: $why', async ({ args, code, says }) => {
    const run = await here(...args);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toContain(says);
    expect(run.stderr).not.toContain('    at ');
  });

  it('a service elsewhere is reached with --server and a token, in options or variables', async () => {
    const away = await temporaryData('away');
    try {
      const options = await runWatchfloor(
        ['alerts', '--server', service.url, '--token', service.token, '--json'],
        { cwd: away.dir },
      );
      expect(options.code).toBe(0);
      expect(jsonLines(options.stdout).length).toBeGreaterThan(0);
      const env = { WATCHFLOOR_SERVER: `${service.url}/`, WATCHFLOOR_TOKEN: service.token };
      const variables = await runWatchfloor(['alerts', '--json'], { cwd: away.dir, env });
      expect(variables.stdout).toBe(options.stdout);
      const imported = await runWatchfloor(['import', '-', '--json'], {
        cwd: away.dir,
        env,
        input: ndjson(processEvents('AWAY', 2)),
      });
      expect(jsonLines(imported.stdout)).toMatchObject([{ stored: 2 }]);
    } finally {
      await away.remove();
    }
  });

  it.each([
    {
      why: 'nobody listens there',
      args: ['--server', 'http://127.0.0.1:4', '--token', 'x'],
      code: 3,
      says: 'watchfloor: the ',
    },
    { why: 'the token is wrong', args: ['--server', '', '--token', 'wrong'], code: 1, says: 'token' },
    { why: 'there is no token', args: ['--server', ''], code: 2, says: 'WATCHFLOOR_TOKEN' },
  ])('$code when $why', async ({ args, code, says }) => {
    const given = args.map((arg) => (arg === '' ? service.url : arg));
    for (const command of [['alerts'], ['import', '-']]) {
      const run = await runWatchfloor([...command, ...given, '--json'], { input: '{}\n' });
      expect({ command, code: run.code }).toEqual({ command, code });
      expect(run.stderr + run.stdout).toContain(says);
    }
  });
});
