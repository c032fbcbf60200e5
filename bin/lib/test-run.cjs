'use strict';
/** Runs the checks and every suite, then says how long each took and one plain line of totals. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ensure, say } = require('./ensure.cjs');
const { ensurePrerequisites } = require('./prerequisites.cjs');
const { root, readOrNull } = require('./stale.cjs');

const suites = ['unit', 'stores', 'walls', 'kill', 'e2e'];
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** Runs a script of Node's in the foreground; true when it ended well. A signal to it ends this run too. */
function node(args, env = {}) {
  const merged = { ...process.env, UV_THREADPOOL_SIZE: '16', ...env };
  const done = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: merged });
  if (done.error) throw done.error;
  if (done.signal === 'SIGINT' || done.signal === 'SIGTERM') process.exit(130);
  return done.status === 0;
}

function timed(name, work) {
  process.stdout.write(`\n--- ${name}\n`);
  const start = performance.now();
  const outcome = work();
  return { name, seconds: (performance.now() - start) / 1000, ...outcome };
}

/** One suite in a process of its own. Without a summary it never got to its end, and that is a failure. */
function runSuite(name, scratch) {
  const summary = path.join(scratch, `${name}.json`);
  const ok = node([vitest, 'run', '--project', name], { WF_TEST_SUMMARY: summary });
  const text = readOrNull(summary);
  const counts = text === null ? { passed: 0, failed: 1, skipped: 0 } : JSON.parse(text);
  if (!ok && counts.failed === 0) counts.failed = 1;
  return { ok, ...counts };
}

function report(parts) {
  const total = parts.reduce((sum, part) => sum + part.seconds, 0);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  process.stdout.write('\n');
  for (const part of parts) {
    const share = `${part.seconds.toFixed(1).padStart(7)} s ${((100 * part.seconds) / total).toFixed(0).padStart(3)} %`;
    const counts =
      part.passed === undefined
        ? part.ok
          ? 'ok'
          : 'FAILED'
        : `${part.passed} passed, ${part.failed} failed, ${part.skipped} skipped`;
    process.stdout.write(`${part.name.padEnd(8)}${share}  ${counts}\n`);
    for (const key of Object.keys(sum)) sum[key] += part[key] ?? 0;
  }
  process.stdout.write(`${'all'.padEnd(8)}${total.toFixed(1).padStart(7)} s\n`);
  if (parts.some((part) => part.passed === undefined && !part.ok))
    process.stdout.write('npm run check failed, see above\n');
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
}

/** @param {string[]} args Given to vitest as they are; without any, everything runs. */
function main(args) {
  ensure();
  ensurePrerequisites(say);
  if (args.length > 0) {
    // A part was asked for: vitest alone, all suites but the soak, which takes hours.
    process.exit(node([vitest, 'run', '--project=!soak', ...args]) ? 0 : 1);
  }
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'watchfloor-test-'));
  try {
    const parts = [timed('check', () => ({ ok: node([path.join(root, 'tools', 'check.mjs')]) }))];
    for (const name of suites) parts.push(timed(name, () => runSuite(name, scratch)));
    report(parts);
    process.exitCode = parts.every((part) => part.ok) ? 0 : 1;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

module.exports = { main };
