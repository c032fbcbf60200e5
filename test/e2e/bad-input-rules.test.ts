/** Hostile and broken rules: each is refused by file and line, and the good ones beside it are loaded. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvent } from '../support/events.ts';
import {
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';

let data: Awaited<ReturnType<typeof temporaryData>>;
let files: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;
beforeAll(async () => {
  [data, files] = await Promise.all([temporaryData('rules'), temporaryData('rules-files')]);
  service = await startServiceProcess(data.dir);
});
afterAll(async () => {
  await service?.stop();
  await Promise.all([data?.remove(), files?.remove()]);
});

const id = (n: number): string => `6f3d1c2a-0000-4000-8000-${String(n).padStart(12, '0')}`;

function rule(n: number, more = ''): string {
  return `title: Tool ${n}
id: ${id(n)}
status: test
author: Someone
level: medium
logsource: { category: process_creation, product: windows }
detection:
  selection: { Image|endswith: '\\tool${n}.exe' }
  condition: selection
${more}`;
}

/** Nine lists of nine, each naming the one before: 9^9 values when it is expanded. */
const explosion = `${rule(10).replace('detection:', 'x:')}detection:
${Array.from({ length: 9 }, (_, n) => `  a${n}: &a${n} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*a${n - 1}`)).join(', ')}]`).join('\n')}
  selection: { Image: *a8 }
  condition: selection
`;

async function folder(name: string, content: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const path = join(files.dir, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(content)) await writeFile(join(path, file), text);
  return path;
}

async function load(...paths: string[]) {
  const run = await runWatchfloor(['rules', 'load', ...paths, '--data', data.dir, '--json']);
  const [report = {}, ...more] = jsonLines(run.stdout);
  expect(more).toEqual([]);
  return {
    code: run.code,
    stderr: run.stderr,
    report,
    refused: (report['refused'] ?? []) as { file: string; line: number | null; reason: string }[],
  };
}

describe('rules load', () => {
  it('refuses the bad ones one by one, with file and line, and loads the good ones', async () => {
    const path = await folder('mixed', {
      'a-good.yml': rule(1),
      'b-explosion.yml': explosion,
      'c-twins.yml': `${rule(2)}---\n${rule(2).replace('Tool 2', 'Tool 2 again')}`,
      'd-no-yaml.yml': 'title: [never closed\nid: {',
      'e-large.yml': `${rule(3)}# ${'x'.repeat(5_000_000)}\n`,
      'f-bytes.yml': Buffer.from([0x74, 0xff, 0xfe, 0x00]),
      'g-no-rule.yml': 'hello: world\n',
      'h-list.yml': '- 1\n- 2\n',
      'i-condition.yml': rule(4).replace('condition: selection', 'condition: selection and not here'),
      'j-regex.yml': rule(5).replace("Image|endswith: '\\tool5.exe'", "Image|re: '('"),
      'k-proto.yml': rule(6).replace('selection:', '__proto__:'),
      'l-empty.yml': '',
      'm-deep.yml': `title: ${'['.repeat(20_000)}\n`,
      'z-good.yml': rule(7),
      'readme.txt': 'no rule',
    });
    const { code, stderr, report, refused } = await load(path);
    expect(code).toBe(1);
    const named = new Map(refused.map((one) => [one.file.split('/').at(-1) ?? '', one]));
    for (const file of [
      'b-explosion.yml',
      'c-twins.yml',
      'd-no-yaml.yml',
      'e-large.yml',
      'f-bytes.yml',
      'g-no-rule.yml',
      'h-list.yml',
      'i-condition.yml',
      'j-regex.yml',
      'm-deep.yml',
    ]) {
      expect({ file, ...named.get(file) }).toMatchObject({
        file,
        line: expect.any(Number),
        reason: expect.stringMatching(/\w{3}/),
      });
      expect(stderr).toContain(`refused ${named.get(file)?.file}:${named.get(file)?.line}: `);
    }
    expect(named.get('c-twins.yml')).toMatchObject({
      line: expect.toSatisfy((line: number) => line > 9),
      reason: expect.stringContaining('already taken'),
    });
    expect(named.get('e-large.yml')?.reason).toContain('1000000 bytes');
    expect(named.has('a-good.yml') || named.has('z-good.yml')).toBe(false);
    const { items } = await service.api<{ items: { id: string; title: string }[] }>(
      'GET',
      '/rules?text=Tool',
    );
    // Starter rules may have the word in their title, too.
    const loaded = items.map((one) => one.id).filter((one) => one.startsWith(id(0).slice(0, 23)));
    expect(loaded).toEqual(expect.arrayContaining([id(1), id(2), id(7)]));
    for (const n of [3, 4, 5, 10]) expect(loaded).not.toContain(id(n));
    expect(items.find((one) => one.id === id(2))?.title).toBe('Tool 2');
    expect(report).toMatchObject({ added: loaded.length, changed: 0, unchanged: 0 });
  });

  it('takes the other paths when one is missing or is no archive', async () => {
    const good = await folder('good', { 'r.yml': rule(20) });
    const noArchive = join(files.dir, 'pack.tar.gz');
    await writeFile(noArchive, 'hello');
    const missing = join(files.dir, 'missing');
    const { code, report, refused } = await load(missing, noArchive, good);
    expect(code).toBe(1);
    expect(report).toMatchObject({ added: 1 });
    expect(refused.map((one) => one.file)).toEqual([missing, noArchive]);
  });

  it('says 0 when nothing was refused, changes nothing the second time, and keeps a rule that was turned off so', async () => {
    const path = await folder('again', { 'r.yml': rule(30) });
    expect(await load(path)).toMatchObject({ code: 0, report: { added: 1, refused: [] } });
    expect((await runWatchfloor(['rules', 'off', id(30), '--data', data.dir])).code).toBe(0);
    expect(await load(path)).toMatchObject({ code: 0, report: { added: 0, changed: 0, unchanged: 1 } });
    await writeFile(join(path, 'r.yml'), rule(30, 'description: changed\n'));
    expect(await load(path)).toMatchObject({ code: 0, report: { added: 0, changed: 1, unchanged: 0 } });
    expect(await service.api('GET', `/rules/${id(30)}`)).toMatchObject({ state: 'off' });
  });

  it('puts what is loaded in force for the next event', async () => {
    // By itself, as a rule that somebody chose: a folder is a pack, of which medium rules observe.
    await load(join(await folder('force', { 'r.yml': rule(40) }), 'r.yml'));
    const event = ndjson([processEvent(1, { Computer: 'FORCE', Image: 'C:\\tool40.exe' })]);
    const imported = await runWatchfloor(['import', '-', '--data', data.dir, '--json'], { input: event });
    expect(jsonLines(imported.stdout)).toMatchObject([{ stored: 1, detections: 1, alerts: 1 }]);
  });

  it('a pack of many large rules goes over in several requests', async () => {
    const path = await folder(
      'many',
      Object.fromEntries(
        Array.from({ length: 12 }, (_, n) => [`r${n}.yml`, `${rule(100 + n)}# ${'x'.repeat(900_000)}\n`]),
      ),
    );
    const { code, report, refused } = await load(path);
    expect({ code, refused }).toEqual({ code: 0, refused: [] });
    expect(report).toMatchObject({ added: 12 });
  });

  it('leaves the service ready and its log without an error', async () => {
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(
      service
        .stderr()
        .split('\n')
        .filter((line) => /"level":"(?:error|fatal)"/.test(line)),
    ).toEqual([]);
  });
});
