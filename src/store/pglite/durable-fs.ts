/**
 * PGlite's directory file system with an `fsync` that reaches the disk.
 *
 * PGlite starts PostgreSQL with `-F` (fsync off), its `fdatasync` is a no-op and its NODEFS has no
 * `fsync`, whatever `relaxedDurability` says (that option only concerns browsers). A commit is then a
 * `write` to the kernel: a SIGKILL loses nothing, but a power loss may leave data pages on disk that
 * are newer than the log, which is corruption. So here `fsync` is added to NODEFS, the engine is
 * started without `-F` and told to use `fsync` for its log, and a commit returns after the disk has it.
 */
import { fsyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type InitOptions = Parameters<NodeFS['init']>[1];

interface NodeStream {
  readonly nfd: number;
}

interface EngineModule {
  readonly FS: {
    readonly filesystems: {
      readonly NODEFS: { readonly stream_ops: { fsync?: (stream: NodeStream) => number } };
    };
  };
}

export class DurableFs extends NodeFS {
  override async init(engine: PGlite, options: InitOptions) {
    const { emscriptenOpts } = await super.init(engine, options);
    const addFsync = (module: unknown) => {
      (module as EngineModule).FS.filesystems.NODEFS.stream_ops.fsync = (stream) => {
        fsyncSync(stream.nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  }
}

/** PGlite's own start parameters without `-F`, and with the one sync method that reaches `fsync`. */
export function startParams(durable: boolean): string[] {
  if (!durable) return PGlite.defaultStartParams;
  return [...PGlite.defaultStartParams.filter((param) => param !== '-F'), '-c', 'wal_sync_method=fsync'];
}
