/** Builds what ships: the service and its workers (dist/), the records seed (dist/), the console (web/dist/). */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { root, readOrNull, treeHash, sourceHash, stampBuild } = require('../bin/lib/stale.cjs');
const { withBuildLock } = require('../bin/lib/build-lock.cjs');

const entries = {
  watchfloor: 'src/cli/main.ts',
  'pipeline-worker': 'src/pipeline/worker.ts',
  'pglite-worker': 'src/store/pglite/worker.ts',
  'sigma-match-worker': 'src/app/sigma-match-worker.ts',
};
/** What a new records database depends on: the migrations, the job tables and how they are written. */
const seedSources = [
  'src/store/pglite',
  'src/store/postgres',
  'src/store/pg-boss',
  'src/store/records.ts',
  'tools/records-seed.ts',
];
/** What decides which rules are kept, and how they are read again: kept ones of other code are not used. */
const engineSources = ['src/lang/sigma', 'src/base', 'src/pipeline', 'package-lock.json'];
const seedFile = join(root, 'dist', 'records-seed.tar.gz');
const seedKeyFile = join(root, 'dist', '.records-seed');

function say(text) {
  process.stderr.write(`build: ${text}\n`);
}

/** Runs a tool of node_modules to its end with its output on stderr; rejects when it fails. */
function runTool(script, args, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 2, 2] });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`)),
    );
  });
}

async function buildServer() {
  const { build } = await import('esbuild');
  for (const name of readdirSync(join(root, 'dist'))) {
    if (/\.mjs(?:\.map)?$/.test(name)) rmSync(join(root, 'dist', name));
  }
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What only the service needs is a chunk of its own, which other commands never load.
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    define: { BUILT_ENGINE_VERSION: JSON.stringify(treeHash(root, engineSources)) },
  });
}

/** A new PGlite database takes seconds to create, so one is kept; it depends on the store's code and the engine. */
async function buildSeed() {
  const engine = JSON.parse(
    readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8'),
  ).version;
  const key = `${engine} ${treeHash(root, seedSources)}`;
  if (existsSync(seedFile) && readOrNull(seedKeyFile) === key) return;
  await runTool(join(root, 'node_modules/tsx/dist/cli.mjs'), ['tools/records-seed.ts']);
  if (!existsSync(seedFile)) throw new Error(`tools/records-seed.ts ended well but wrote no ${seedFile}`);
  writeFileSync(seedKeyFile, key);
}

async function buildConsole() {
  await runTool(
    join(root, 'node_modules/vite/bin/vite.js'),
    ['build', '--logLevel', 'warn'],
    join(root, 'web'),
  );
}

async function step(name, work) {
  const start = performance.now();
  try {
    await work();
  } catch (error) {
    // esbuild has printed its errors with their places already.
    say(`${name} failed: ${Array.isArray(error.errors) ? 'see above' : error.message}`);
    return false;
  }
  say(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return true;
}

async function buildAll() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Before the work: a source that changes meanwhile makes the next start build again.
  const hash = sourceHash();
  const outcomes = await Promise.all([
    step('service', buildServer).then(async (ok) => (await step('records seed', buildSeed)) && ok),
    step('console', buildConsole),
  ]);
  if (outcomes.includes(false)) {
    process.exitCode = 1;
    return;
  }
  stampBuild(root, hash);
}

if (process.env.WF_BUILD_LOCK_HELD === '1') await buildAll();
else await withBuildLock(root, say, buildAll);
