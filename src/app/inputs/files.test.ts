/** Which files a pattern means, and in which order folders are read. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesMatching, filesUnder, isPattern, patternSource } from './files.ts';

describe('a pattern', () => {
  it.each([
    { pattern: '*.log', yes: ['a.log', '.log'], no: ['a.log.gz', 'x/a.log'] },
    { pattern: '**/*.log', yes: ['a.log', 'x/a.log', 'x/y/a.log'], no: ['a.txt'] },
    { pattern: 'auth.log*', yes: ['auth.log', 'auth.log.1.gz'], no: ['old-auth.log'] },
    { pattern: '{sshd,sudo}-?.log', yes: ['sshd-1.log', 'sudo-x.log'], no: ['su-1.log', 'sshd-11.log'] },
    { pattern: 'day-[0-9].json', yes: ['day-3.json'], no: ['day-x.json'] },
    { pattern: 'day-[!0-9].json', yes: ['day-x.json'], no: ['day-3.json'] },
    { pattern: 'a+b(1)$.log*', yes: ['a+b(1)$.log'], no: ['aab1.log'] },
  ])('$pattern', ({ pattern, yes, no }) => {
    const expression = new RegExp(`^${patternSource(pattern)}$`);
    for (const name of yes) expect(expression.test(name), name).toBe(true);
    for (const name of no) expect(expression.test(name), name).toBe(false);
  });

  it('is not every name', () => {
    expect([isPattern('/var/log/auth.log'), isPattern('*.log')]).toEqual([false, true]);
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wf-files-'));
    await mkdir(join(folder, 'b', 'c'), { recursive: true });
    for (const name of ['z.log', 'a.log', '.hidden', 'b/m.log', 'b/c/k.txt'])
      await writeFile(join(folder, name), name);
    await symlink(join(folder, 'a.log'), join(folder, 'link.log'));
    await symlink(folder, join(folder, 'b', 'loop'));
    await symlink(join(folder, 'gone'), join(folder, 'broken.log'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const names = (paths: readonly string[]): string[] => paths.map((path) => path.slice(folder.length + 1));

  it('is read in the order of names, once, without hidden files', async () => {
    expect(names(await filesUnder(folder))).toEqual(['a.log', 'b/c/k.txt', 'b/m.log', 'link.log', 'z.log']);
  });

  it('is searched by a pattern', async () => {
    expect(names(await filesMatching(join(folder, '**', '*.log')))).toEqual([
      'a.log',
      'b/m.log',
      'link.log',
      'z.log',
    ]);
    expect(names(await filesMatching(join(folder, '*.txt')))).toEqual([]);
  });
});
