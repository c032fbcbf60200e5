/** A small tree with the project's real configuration, in which a violation can be planted. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

export interface Tree {
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Copies files or folders of the project. */
  copy(...paths: string[]): Promise<void>;
  /** Runs a tool of node_modules (or, with a leading `./`, of the tree) with Node in the tree. */
  run(script: string, ...args: string[]): Promise<Outcome>;
  remove(): Promise<void>;
}

/** `modules`: 'linked' for tools that need the real packages, else the caller writes fake ones. */
export async function makeTree(modules: 'linked' | 'none', ...copies: string[]): Promise<Tree> {
  const dir = await mkdtemp(join(tmpdir(), 'watchfloor-walls-'));
  if (modules === 'linked') await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  const tree: Tree = {
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), text);
      }
    },
    async copy(...paths) {
      for (const path of paths) await cp(join(root, path), join(dir, path), { recursive: true });
    },
    run(script, ...args) {
      const file = script.startsWith('./') ? join(dir, script) : join(root, 'node_modules', script);
      return new Promise((resolve) => {
        execFile(
          process.execPath,
          [file, ...args],
          { cwd: dir, maxBuffer: 2 ** 26, env: { ...process.env, NO_COLOR: '1' } },
          (error, stdout, stderr) => {
            // A number is the tool's own exit code; anything else means that it did not run.
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : Number.NaN;
            resolve({ code, output: `${stdout}${stderr}` });
          },
        );
      });
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
  await tree.copy(...copies);
  return tree;
}
