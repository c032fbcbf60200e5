/** Rule packs from real files, folders and archives, hostile ones included. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarOf } from '../../../test/support/tar.ts';
import { readRuleFiles } from './pack.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'));
});
afterEach(() => rm(folder, { recursive: true }));

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A zip by hand (APPNOTE 6.3, sections 4.3.7 and 4.3.12), so that its names can be bad. */
function zipOf(files: Files): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

const files = { 'b/two.yaml': 'b: 2', 'a.yml': 'a: 1', 'README.md': 'no rule' };
const read = {
  files: [
    { path: 'a.yml', content: 'a: 1' },
    { path: 'b/two.yaml', content: 'b: 2' },
  ],
  refused: [],
  ignored: 1,
};

async function put(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('readRuleFiles', () => {
  it('reads one file', async () => {
    const path = await put('x.yml', 'x: 1');
    expect(await readRuleFiles(path)).toEqual({
      files: [{ path, content: 'x: 1' }],
      refused: [],
      ignored: 0,
    });
  });

  it('reads a folder with its subfolders, sorted, and does not follow links', async () => {
    await mkdir(join(folder, 'p', 'b'), { recursive: true });
    for (const [name, content] of Object.entries(files)) await put(join('p', name), content);
    await symlink('/etc', join(folder, 'p', 'link.yml'));
    expect(await readRuleFiles(join(folder, 'p'))).toEqual({ ...read, ignored: 2 });
  });

  it.each(['p.tar', 'p.tar.gz', 'p.tgz', 'p.zip'])('reads %s', async (name) => {
    const content =
      name === 'p.zip' ? zipOf(files) : name === 'p.tar' ? await tarOf(files) : gzipSync(await tarOf(files));
    expect(await readRuleFiles(await put(name, content))).toEqual(read);
  });

  it('a name that climbs out of the archive is only a label', async () => {
    const pack = await readRuleFiles(await put('p.tar', await tarOf({ '../../etc/x.yml': 'x: 1' })));
    expect(pack.files).toEqual([{ path: '../../etc/x.yml', content: 'x: 1' }]);
  });

  it.each([
    { why: 'the number of files', limits: { files: 1 }, make: () => tarOf({ 'x.yml': 'x', 'y.yml': 'y' }) },
    { why: 'the number of entries', limits: { entries: 1 }, make: () => tarOf({ x: 'x', y: 'y' }) },
    {
      why: 'what is decompressed only to be skipped',
      limits: { totalBytes: 100_000 },
      make: () => tarOf({ x: Buffer.alloc(1_000_000) }),
    },
  ])('stops at the limit: $why', async ({ limits, make }) => {
    const path = await put('p.tgz', gzipSync(await make()));
    await expect(readRuleFiles(path, undefined, limits)).rejects.toMatchObject({ code: 'E_TOO_LARGE' });
  });

  it('stops at the limit in a zip', async () => {
    const path = await put('p.zip', zipOf({ 'x.yml': 'x'.repeat(1_000_000) }));
    await expect(readRuleFiles(path, undefined, { totalBytes: 1000 })).rejects.toMatchObject({
      code: 'E_TOO_LARGE',
    });
  });

  it.each(['folder', 'p.tar', 'p.zip'])(
    'a file that is too large or no text is refused by itself, in %s',
    async (name) => {
      const some = {
        'a.yml': 'a: 1',
        'big.yml': 'x'.repeat(101),
        'bytes.yml': Uint8Array.of(0xff, 0xfe),
        'z.yml': 'z: 1',
      };
      if (name === 'folder') {
        await mkdir(join(folder, name));
        for (const [file, content] of Object.entries(some)) await put(join(name, file), content);
      } else await put(name, name === 'p.zip' ? zipOf(some) : await tarOf(some));
      const pack = await readRuleFiles(join(folder, name), undefined, { fileBytes: 100 });
      expect(pack.files.map((file) => file.path)).toEqual(['a.yml', 'z.yml']);
      expect(pack.refused).toEqual([
        { file: 'big.yml', line: 1, id: null, title: null, reason: 'it is larger than 100 bytes' },
        { file: 'bytes.yml', line: 1, id: null, title: null, reason: 'it is not UTF-8 text' },
      ]);
    },
  );

  it.each([
    ['a tar.gz that is none', 'p.tar.gz', 'hello'],
    ['a tar.gz that breaks off', 'p.tgz', gzipSync('x'.repeat(3000)).subarray(0, 20)],
    ['a zip that is none', 'p.zip', 'hello'],
    ['another kind of file', 'p.exe', 'MZ'],
  ])('%s is refused with its path', async (_why, name, content) => {
    const path = await put(name, content);
    const refused = await readRuleFiles(path).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'E_BAD_REQUEST', message: expect.stringContaining(path) });
  });

  it('a path that is not there is said so', async () => {
    await expect(readRuleFiles(join(folder, 'none'))).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
  });

  it('stops when it is told to', async () => {
    const path = await put('p.tar', await tarOf(files));
    await expect(readRuleFiles(path, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
