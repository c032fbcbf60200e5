/** Knows containers that are no lines of text by their first bytes, so that the refusal can say what to do. */
import { AppError } from '../base/errors.ts';

interface Container {
  readonly magic: readonly number[];
  readonly what: string;
  readonly fix: string;
}

const containers: readonly Container[] = [
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    what: 'a zip archive',
    fix: 'name it as a file of its own, which reads the files in it; one inside of another archive has to be unpacked',
  },
  {
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    what: 'zstd-compressed',
    fix: 'decompress it (zstd -d) or compress it with gzip',
  },
  {
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    what: 'xz-compressed',
    fix: 'decompress it (xz -d) or compress it with gzip',
  },
  {
    magic: [0x42, 0x5a, 0x68],
    what: 'bzip2-compressed',
    fix: 'decompress it (bunzip2) or compress it with gzip',
  },
  {
    magic: [0x50, 0x41, 0x52, 0x31],
    what: 'a Parquet file',
    fix: 'export it as JSON lines, one event a line',
  },
];

/** Throws AppError E_BAD_REQUEST for a container that this version can't read. */
export function refuseForeignContainer(head: Uint8Array): void {
  const found = containers.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
  if (found !== undefined) {
    throw new AppError('E_BAD_REQUEST', `this is ${found.what}, which can't be read here: ${found.fix}`);
  }
}

/** A tar archive has its mark in the header of its first file (POSIX.1-1988 ustar). Looks at decompressed bytes. */
export function refuseTar(head: Buffer): void {
  if (head.length >= 512 && head.toString('latin1', 257, 262) === 'ustar')
    throw new AppError(
      'E_BAD_REQUEST',
      "this is a tar archive, which can't be read here: unpack it and name the folder, or make it a zip archive",
    );
}
