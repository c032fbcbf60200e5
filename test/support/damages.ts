/** What can become of a file that a seal stands before. */
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';

/** Each with what it makes of the file at a path. */
export const damages: readonly (readonly [string, (path: string) => void])[] = [
  ['empty', (path) => truncateSync(path, 0)],
  ['cut short', (path) => truncateSync(path, statSync(path).size - 1)],
  ['cut in its head', (path) => truncateSync(path, 30)],
  [
    'something else',
    (path) => writeFileSync(path, 'PK\u0003\u0004 and so on, for long enough to hold a head'),
  ],
  ['changed in one byte', (path) => writeFileSync(path, flipped(readFileSync(path)))],
  [
    'longer than it was',
    (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('x')])),
  ],
];

function flipped(bytes: Buffer): Buffer {
  const at = bytes.length - 20;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
