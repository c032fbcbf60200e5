/** `npm run check`: every static check, one line each, the whole output of those that fail. Names as arguments select. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Name → script under node_modules and its arguments. The long ones first: two run at a time. */
const checks = {
  types: ['typescript/bin/tsc', '-p', '.'],
  lint: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
  'types of web': ['typescript/bin/tsc', '-p', 'web', '--noEmit'],
  walls: [
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    'src',
    'web/src',
  ],
  'dead code': ['knip/bin/knip.js', '--no-progress'],
  'generated files': ['tsx/dist/cli.mjs', 'tools/gen/main.ts', '--check'],
  format: ['@biomejs/biome/bin/biome', 'check', '--diagnostic-level=warn', '.'],
};

/** Runs one check; resolves with what it said, never rejects. */
function run(name) {
  const [script, ...args] = checks[name];
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`${root}/node_modules/${script}`, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const end = (ok, note) => {
      const seconds = (performance.now() - start) / 1000;
      resolve({ name, ok, seconds, output: Buffer.concat(chunks).toString('utf8') + note });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code, signal) => end(code === 0, signal === null ? '' : `ended by ${signal}`));
  });
}

async function runAll(names) {
  const queue = [...names];
  const failed = [];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const { ok, seconds, output } = await run(name);
      process.stdout.write(
        `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(16)}${seconds.toFixed(1).padStart(6)} s\n`,
      );
      if (ok) continue;
      failed.push(name);
      process.stdout.write(`${output.trimEnd()}\n\n`);
    }
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in checks));
if (unknown.length > 0) {
  process.stderr.write(
    `no such check: ${unknown.join(', ')}; there are: ${Object.keys(checks).join(', ')}\n`,
  );
  process.exit(2);
}
const failed = await runAll(asked.length > 0 ? asked : Object.keys(checks));
if (failed.length > 0) process.stdout.write(`check failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
