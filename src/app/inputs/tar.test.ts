/** What is in a tar archive: each file once, in one pass when they are read in their order. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarOf } from '../../../test/support/tar.ts';
import { sha256Hex } from '../../base/ids.ts';
import type { Input, Missing } from './input.ts';
import { inputsOf } from './inputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wf-tar-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const long = `${'deep/'.repeat(40)}long.log`;
const big = Array.from({ length: 60_000 }, (_, n) => `line ${(n * 7919) % 60_000}\n`).join('');
const contents: Readonly<Record<string, string>> = {
  './var/': '',
  './var/log/auth.log': 'a\nb\n',
  'empty.log': '',
  [long]: 'long\n',
  'big.log': big,
  'last.log': 'last\n',
};

async function list(name: string, bytes: Uint8Array): Promise<readonly (Input | Missing)[]> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return inputsOf([path]);
}

/** A long text by its hash: a difference between two is told at once. */
const brief = (text: string): string => (text.length > 100 ? sha256Hex(text) : text);

async function read(input: Input | Missing | undefined) {
  if (input === undefined || !('open' in input)) throw new Error('there is nothing to read');
  const chunks: Uint8Array[] = [];
  for await (const chunk of await input.open()) chunks.push(chunk as Uint8Array);
  const bytes = Buffer.concat(chunks);
  return { size: bytes.length, content: brief(bytes.toString()) };
}

const wanted = Object.entries(contents)
  .slice(1)
  .map(([name, content]) => ({ name: name.replace(/^\.\//, ''), content: brief(content) }));

describe.each([
  { kind: 'a plain archive', name: 'a.tar', packed: (bytes: Buffer) => bytes },
  { kind: 'a gzip archive, whatever its name is', name: 'collection.bin', packed: gzipSync },
])('$kind', ({ name, packed }) => {
  it('gives its files, folders left out, with their sizes and times', async () => {
    const inputs = await list(name, packed(await tarOf(contents)));
    const path = join(folder, name);
    const got = [];
    for (const input of inputs) {
      const { size, content } = await read(input);
      expect(input).toMatchObject({ size, modifiedAt: new Date('2026-03-02T08:00:00Z') });
      got.push({ name: input.label.slice(path.length + 1), content });
    }
    expect(got).toEqual(wanted);
    expect(inputs[0]).toMatchObject({ name: 'auth.log' });
  });

  it('gives a file of which somebody has had enough, and those after it, again and in any order', async () => {
    const inputs = await list(name, packed(await tarOf(contents)));
    const [, , , large] = inputs;
    if (large === undefined || !('open' in large)) throw new Error('the large file is not there');
    for await (const chunk of await large.open()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    for (const at of [4, 3, 0, 2, 2])
      expect(await read(inputs[at])).toMatchObject({ content: wanted[at]?.content });
  });

  it('that is cut gives what is before the cut, and says that there is more', async () => {
    const whole = packed(await tarOf(contents));
    const inputs = await list(name, whole.subarray(0, whole.length * 0.6));
    expect(inputs.slice(0, 3).every((input) => 'open' in input)).toBe(true);
    expect(await read(inputs[2])).toMatchObject({ content: 'long\n' });
    expect(inputs.at(-1)).toMatchObject({ label: join(folder, name), error: { code: 'E_BAD_REQUEST' } });
    await expect(read(inputs[3])).rejects.toThrow("can't be read on");
  });
});

it('an archive without a file is named', async () => {
  const [only] = await list('none.tar', await tarOf({ 'var/': '' }));
  expect(only).toMatchObject({ error: { message: 'no file is in it' } });
});

it('a list that is no longer wanted ends where it is', async () => {
  const path = join(folder, 'stopped.tar');
  await writeFile(path, await tarOf(contents));
  const told: string[] = [];
  const inputs = await inputsOf([path], { signal: AbortSignal.abort(), onArchive: (at) => told.push(at) });
  expect([inputs, told]).toEqual([[], [path]]);
});
