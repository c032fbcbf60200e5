/** The reader of tar archives against archives that another program has written, whole and in pieces. */
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import tar from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { TarReader } from './tar.ts';

interface Read {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** `cut`: bytes of each piece in which the archive comes. */
function read(bytes: Uint8Array, cut = bytes.byteLength): readonly Read[] {
  const found: Read[] = [];
  const reader = new TarReader(({ name, type }) => {
    const chunks: Uint8Array[] = [];
    return {
      add: (chunk) => void chunks.push(chunk.slice()),
      end: () => void found.push({ name, type, content: Buffer.concat(chunks).toString() }),
    };
  });
  for (let at = 0; at < bytes.byteLength; at += cut) reader.add(bytes.subarray(at, at + cut));
  reader.end();
  return found;
}

interface Header {
  readonly name: string;
  readonly type?: 'directory' | 'symlink';
  readonly linkname?: string;
}

type Written = readonly (readonly [header: Header, content?: string])[];

async function tarOf(entries: Written): Promise<Buffer> {
  const pack = tar.pack();
  for (const [header, content = ''] of entries) pack.entry(header, content);
  pack.finalize();
  return buffer(pack);
}

/** As GNU tar writes a long name: an entry of its own before the one that it is of. */
async function gnuLong(name: string, content: string): Promise<Buffer> {
  const blocks = await tarOf([
    [{ name: '././@LongLink' }, `${name}\0`],
    [{ name: name.slice(0, 100) }, content],
  ]);
  const header = blocks.subarray(0, 512);
  header.write('L', 156);
  header.write('ustar  \0', 257, 'latin1');
  seal(header);
  return blocks;
}

/** Writes the checksum of a header that was changed. */
function seal(header: Buffer): void {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

const long = `${'folder/'.repeat(30)}rule.yml`;

describe('a tar archive', () => {
  it('is read to the entries it was made of, in whatever pieces it comes', async () => {
    const name = fc.stringMatching(/^[a-zä/]{1,20}\.yml$/);
    const files = fc.array(fc.tuple(name, fc.string({ maxLength: 1_200, unit: 'grapheme' })), {
      maxLength: 5,
    });
    const cuts = fc.constantFrom(1, 7, 100, 512, 513, 4_096);
    await fc.assert(
      fc.asyncProperty(files, cuts, async (given, cut) => {
        const bytes = await tarOf(given.map(([path, content]) => [{ name: path }, content]));
        expect(read(bytes, cut)).toEqual(
          given.map(([path, content]) => ({
            name: path,
            type: 'file',
            content: Buffer.from(content).toString(),
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('tells files from folders and from what is neither', async () => {
    const bytes = await tarOf([
      [{ name: 'a/', type: 'directory' }],
      [{ name: 'a/x.yml' }, 'x'],
      [{ name: 'link', type: 'symlink', linkname: 'a/x.yml' }],
      [{ name: 'empty.yml' }, ''],
    ]);
    expect(read(bytes).map(({ name, type }) => [name, type])).toEqual([
      ['a/', 'directory'],
      ['a/x.yml', 'file'],
      ['link', 'other'],
      ['empty.yml', 'file'],
    ]);
  });

  it.each([
    ['as ustar splits it', `${'f/'.repeat(60)}rule.yml`],
    ['as pax writes it', long],
    ['beyond ASCII', 'règles/détection.yml'],
  ])('may have long names, %s', async (_, name) => {
    const bytes = await tarOf([
      [{ name }, 'x'],
      [{ name: 'next.yml' }, 'y'],
    ]);
    for (const cut of [1, 512, bytes.length]) {
      expect(read(bytes, cut).map((entry) => entry.name)).toEqual([name, 'next.yml']);
    }
  });

  it('may have long names as GNU tar writes them', async () => {
    expect(read(await gnuLong(long, 'content'))).toEqual([{ name: long, type: 'file', content: 'content' }]);
  });

  it('may say sizes in binary, as GNU tar does of what is very large', async () => {
    const bytes = await tarOf([[{ name: 'x.yml' }, 'content']]);
    bytes.fill(0, 124, 136);
    bytes[124] = 0x80;
    bytes[135] = 7;
    seal(bytes.subarray(0, 512));
    expect(read(bytes)).toEqual([{ name: 'x.yml', type: 'file', content: 'content' }]);
  });

  it.each([
    ['breaks off in a file', (bytes: Buffer) => bytes.subarray(0, 515), 'breaks off'],
    ['breaks off in a header', (bytes: Buffer) => bytes.subarray(0, 100), 'breaks off'],
    ['is none', () => Buffer.from('no archive'.repeat(100)), 'no tar archive'],
    ['has a changed header', (bytes: Buffer) => bytes.fill('z', 0, 1), 'no tar archive'],
    [
      'has a size that is no number',
      (bytes: Buffer) => {
        bytes.write('what', 124);
        seal(bytes.subarray(0, 512));
        return bytes;
      },
      'no valid size',
    ],
    [
      'has a header without end',
      (bytes: Buffer) => {
        bytes.write('x', 156);
        bytes.write('77777777777', 124);
        seal(bytes.subarray(0, 512));
        return bytes;
      },
      'too large',
    ],
  ])('that %s is refused', async (_, damage, reason) => {
    const bytes = damage(await tarOf([[{ name: 'x.yml' }, 'content']]));
    expect(() => read(bytes)).toThrow(reason);
  });
});
