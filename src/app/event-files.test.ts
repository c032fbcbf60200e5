import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventFiles } from './event-files.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'event-files-'));
  await mkdir(join(root, 'a', 'b'), { recursive: true });
  for (const name of ['1.ndjson', '2.ndjson.gz', 'readme.md', 'a/3.json', 'a/b/4.ndjson', 'a/b/5.jsonl'])
    await writeFile(join(root, name), '');
});
afterAll(() => rm(root, { recursive: true }));

const names = async (...patterns: string[]): Promise<readonly string[]> =>
  (await eventFiles(patterns.map((one) => (one === '-' ? one : join(root, one))))).map((path) =>
    path.replace(`${root}/`, ''),
  );

describe('eventFiles', () => {
  it.each([
    { pattern: '1.ndjson', files: ['1.ndjson'] },
    { pattern: 'readme.md', files: ['readme.md'] },
    { pattern: '.', files: ['1.ndjson', '2.ndjson.gz', 'a/3.json', 'a/b/4.ndjson', 'a/b/5.jsonl'] },
    { pattern: '*.ndjson*', files: ['1.ndjson', '2.ndjson.gz'] },
    { pattern: '**/*.ndjson', files: ['1.ndjson', 'a/b/4.ndjson'] },
    { pattern: 'a/**/*.{json,jsonl}', files: ['a/3.json', 'a/b/5.jsonl'] },
    { pattern: '?.[n]djson', files: ['1.ndjson'] },
    { pattern: 'a/*', files: ['a/3.json'] },
  ])('$pattern', async ({ pattern, files }) => {
    expect(await names(pattern)).toEqual(files);
  });

  it('names each file once, standard input as it is', async () => {
    expect(await names('-', 'a/*', 'a/3.json')).toEqual(['-', 'a/3.json']);
  });

  it.each(['gone.ndjson', '*.evtx', 'gone/**/*'])('says that %s names no file', async (pattern) => {
    await expect(names(pattern)).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });
});
