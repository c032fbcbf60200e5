/** Keeps the engine away from standard input. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';

const nothing = '/dev/null';

/**
 * The engine takes standard input for the data of an INSERT: with anything readable there it refuses
 * the insert or swallows it. So file descriptor 0 becomes /dev/null, for the life of the process. A
 * program that reads its own standard input must not open the store in the same process.
 */
export function detachStandardInput(): void {
  if (isNothing()) return;
  closeIfOpen(0);
  const fd = openSync(nothing, 'r');
  // The lowest free number is taken, and that is the one just closed.
  if (fd !== 0) throw new Error(`standard input could not be replaced: ${nothing} became descriptor ${fd}`);
}

function isNothing(): boolean {
  try {
    const facts = fstatSync(0);
    return facts.isCharacterDevice() && facts.rdev === statSync(nothing).rdev;
  } catch (thrown) {
    if (isBadDescriptor(thrown)) return false;
    throw thrown;
  }
}

function closeIfOpen(fd: number): void {
  try {
    closeSync(fd);
  } catch (thrown) {
    if (!isBadDescriptor(thrown)) throw thrown;
  }
}

function isBadDescriptor(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EBADF';
}
