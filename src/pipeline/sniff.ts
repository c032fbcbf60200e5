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
  {
    magic: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48],
    what: 'a systemd journal',
    fix: 'export it with journalctl --file FILE -o json',
  },
];

/** Throws AppError E_BAD_REQUEST for a container that this version can't read. */
export function refuseForeignContainer(head: Uint8Array): void {
  const found = containers.find(({ magic }) => magic.every((byte, i) => head[i] === byte));
  if (found !== undefined) {
    throw new AppError('E_BAD_REQUEST', `this is ${found.what}, which can't be read here: ${found.fix}`);
  }
}

/** Share of NUL bytes from which a file is no text; a log that a crash has cut has some. */
const binaryShare = 0.5;

/** By the decompressed beginning: the mark of a tar archive stands in the header of its first file (POSIX.1-1988 ustar). */
export function looksTar(head: Buffer): boolean {
  return head.toString('latin1', 257, 262) === 'ustar';
}

/**
 * Throws AppError E_BAD_REQUEST for what is no lines of text by its decompressed beginning: a tar archive, and what is
 * mostly NUL.
 */
export function refuseBinary(head: Buffer): void {
  if (head.length < 512) return;
  const isTar = looksTar(head);
  const nuls = head.reduce((sum, byte) => sum + Number(byte === 0), 0);
  if (!isTar && nuls < binaryShare * head.length) return;
  throw new AppError(
    'E_BAD_REQUEST',
    isTar
      ? 'this is a tar archive in another file or a stream: name the archive itself, or unpack it and name the folder'
      : "this is a binary file of a kind that can't be read here; name the format if it is one of those",
  );
}
