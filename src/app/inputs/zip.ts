/** The files in a zip archive, each as a stream of its own. */
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { AppError } from '../../base/errors.ts';
import { asRefusal, checkMembers, type Input, type Missing, maxRatio } from './input.ts';

const ratioFloor = 1 << 20;

/** By name. The archive is opened again for each member, so that nothing stays open between them. */
export async function zipMembers(path: string): Promise<readonly (Input | Missing)[]> {
  const members = (await listMembers(path)).toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1));
  return members.map((entry): Input | Missing => {
    const label = `${path}/${entry.fileName}`;
    const fault = faultOf(entry);
    if (fault !== null) return { label, error: new AppError('E_BAD_REQUEST', fault) };
    return {
      label,
      name: basename(entry.fileName),
      size: entry.uncompressedSize,
      modifiedAt: entry.getLastModDate(),
      open: () => openMember(path, entry.fileName),
    };
  });
}

function faultOf(entry: yauzl.Entry): string | null {
  if (entry.isEncrypted()) return 'is encrypted; unpack the archive with its password and import the files';
  const tooDense =
    entry.uncompressedSize > ratioFloor && entry.uncompressedSize > entry.compressedSize * maxRatio;
  return tooDense
    ? `expands more than ${maxRatio} times; unpack it by hand if it is what it claims to be`
    : null;
}

async function listMembers(path: string): Promise<readonly yauzl.Entry[]> {
  const members: yauzl.Entry[] = [];
  await walk(path, (entry) => {
    if (entry.fileName.endsWith('/')) return false;
    checkMembers(members.length);
    members.push(entry);
    return false;
  });
  return members;
}

/** Bytes are counted as they come out: a member that is longer than its entry says ends with an error. */
async function openMember(path: string, name: string): Promise<Readable> {
  const found = await walk(path, (entry) => entry.fileName === name);
  if (found === null) throw new AppError('E_BAD_REQUEST', 'is not in the archive any more');
  const { zip, entry } = found;
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) {
        zip.close();
        reject(readable(error));
        return;
      }
      stream.once('close', () => zip.close());
      resolve(stream);
    });
  });
}

/** Goes through the entries until one is the one; the archive is then open, else closed. */
function walk(
  path: string,
  isWanted: (entry: yauzl.Entry) => boolean,
): Promise<{ readonly zip: yauzl.ZipFile; readonly entry: yauzl.Entry } | null> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error !== null) {
        reject(readable(error));
        return;
      }
      const fail = (thrown: unknown): void => {
        zip.close();
        reject(readable(thrown));
      };
      zip.on('entry', (entry: yauzl.Entry) => {
        try {
          if (isWanted(entry)) resolve({ zip, entry });
          else zip.readEntry();
        } catch (thrown) {
          fail(thrown);
        }
      });
      zip.on('end', () => {
        zip.close();
        resolve(null);
      });
      zip.on('error', fail);
      zip.readEntry();
    });
  });
}

function readable(thrown: unknown): AppError {
  return asRefusal(thrown, 'is no zip archive that can be read');
}
