/** Programs in files: exactly what was put, or nothing; and rules that change while they are in use. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { damages } from '../../test/support/damages.ts';
import { programCache } from './program-cache.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wf-programs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const cache = (version = '1', maxBytes?: number) =>
  programCache({ directory, version, ...(maxBytes === undefined ? {} : { maxBytes }) });
const files = (): string[] =>
  readdirSync(join(directory, 'programs')).map((name) => join(directory, 'programs', name));
const program = (fill: number, size = 1_000): Uint8Array => new Uint8Array(size).fill(fill);

/** What another process does that has built a program. */
function keep(key: string, bytes: Uint8Array, version = '1'): void {
  const one = cache(version);
  one.put(key, bytes);
  expect(one.keep()).toBeNull();
}

function bytesOf(found: Uint8Array | null): number[] | null {
  return found === null ? null : [...found];
}

describe('a cache of programs', () => {
  it('gives what another one has kept, and nothing for another key or version', () => {
    keep('a', program(1));
    expect(bytesOf(cache().get('a'))).toEqual([...program(1)]);
    expect(cache().get('b')).toBeNull();
    expect(cache('2').get('a')).toBeNull();
  });

  it('gives bytes whose tables can be read where they lie', () => {
    for (const size of [1, 100, 100_000]) {
      keep(String(size), program(1, size));
      expect((cache().get(String(size))?.byteOffset ?? -1) % 8).toBe(0);
    }
  });

  it('writes nothing before it is told to', () => {
    cache().put('a', program(1));
    expect(existsSync(join(directory, 'programs'))).toBe(false);
    expect(cache().keep()).toBeNull();
    expect(existsSync(join(directory, 'programs'))).toBe(false);
  });

  it.each(damages)('takes a file that is %s for none, and replaces it', (_, damage) => {
    keep('a', program(1));
    damage(files()[0] ?? '');
    expect(cache().get('a')).toBeNull();
    keep('a', program(1));
    expect(bytesOf(cache().get('a'))).toEqual([...program(1)]);
  });

  it('does not take a whole file under the name of another program', () => {
    keep('a', program(1));
    const [first = ''] = files();
    keep('b', program(2));
    const second = files().find((path) => path !== first) ?? '';
    renameSync(first, second);
    expect(cache().get('b')).toBeNull();
  });

  it('that can not be written is no fault: the reason is told once', () => {
    writeFileSync(join(directory, 'programs'), '');
    const blocked = cache();
    blocked.put('a', program(1));
    expect(blocked.keep()).toMatch(/EEXIST|ENOTDIR/);
    expect(blocked.keep()).toBeNull();
    expect(blocked.get('a')).toBeNull();
  });

  it('leaves whole files, however many threads build the same program', () => {
    const threads = [cache(), cache(), cache()];
    for (const one of threads) one.put('a', program(1));
    for (const one of threads) expect(one.keep()).toBeNull();
    expect(files()).toHaveLength(1);
    expect(bytesOf(cache().get('a'))).toEqual([...program(1)]);
  });

  it('has a limit: what was not used for longest goes, of whatever version', () => {
    for (const [at, key] of ['a', 'b', 'c'].entries()) {
      keep(key, program(at), key === 'a' ? 'old' : '1');
      for (const path of files()) if (statSync(path).mtimeMs > 1e12) utimesSync(path, at + 1, at + 1);
    }
    // Its use counts.
    expect(cache().get('b')).not.toBeNull();
    const small = cache('1', 2_500);
    small.put('d', program(4));
    expect(small.keep()).toBeNull();
    const here = (version: string, key: string) => cache(version).get(key) !== null;
    expect([here('old', 'a'), here('1', 'b'), here('1', 'c'), here('1', 'd')]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('removes what a crash has left, and nothing that is not its own', () => {
    keep('a', program(1));
    const part = `${files()[0]}.${'0'.repeat(16)}.part`;
    const fresh = `${files()[0]}.${'1'.repeat(16)}.part`;
    const foreign = join(directory, 'programs', 'notes.txt');
    for (const path of [part, fresh, foreign]) writeFileSync(path, '');
    for (const path of [part, foreign]) utimesSync(path, 1, 1);
    keep('b', program(2));
    expect([part, fresh, foreign].map((path) => existsSync(path))).toEqual([false, true, true]);
  });
});
