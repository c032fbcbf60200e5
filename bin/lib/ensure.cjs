'use strict';
/** Installs and builds what is stale, and only that. Says what it does on stderr; silent when there is nothing to do. */
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const stale = require('./stale.cjs');
const { withBuildLock } = require('./build-lock.cjs');

function say(text) {
  process.stderr.write(`watchfloor: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

/** Runs to its end with our stderr for all its output; ends this process when a signal ended that one. */
function run(command, args, options) {
  const done = spawnSync(command, args, { cwd: stale.root, stdio: ['ignore', 2, 2], ...options });
  if (done.error) fail(`could not run ${command}: ${done.error.message}`);
  if (done.signal) process.exit(130);
  return done.status;
}

function npm(args) {
  // Under npm this is the npm that started us; else the one on the PATH (a script there on Windows).
  const self = process.env.npm_execpath;
  if (self?.endsWith('.js')) return run(process.execPath, [self, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

function install() {
  const quiet = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  say('installing dependencies (npm ci); once per change of package-lock.json');
  if (npm(['ci', ...quiet]) === 0) return;
  say('npm ci failed (some mirrors lack files that it insists on); trying npm install --no-save');
  if (npm(['install', '--no-save', ...quiet]) !== 0)
    fail('dependencies could not be installed; see the messages of npm above');
}

function ensureInstalled(base) {
  const state = stale.installState(base);
  const freshness = stale.installFreshness(base, state);
  if (freshness === 'fresh') return;
  if (freshness === 'stale') install();
  stale.stampInstall(base, state);
}

function ensureBuilt(base) {
  if (stale.buildIsFresh(base, stale.sourceHash(base))) return;
  say('building (only after a change of the sources)');
  const env = { ...process.env, WF_BUILD_LOCK_HELD: '1' };
  const status = run(process.execPath, [path.join(base, 'tools', 'build.mjs')], { env });
  if (status !== 0) fail('the build failed; see above');
}

/** @param {{ build?: boolean }} [what] `build: false` when only the dependencies are needed. */
function ensure({ build = true } = {}) {
  const base = stale.root;
  const fresh =
    stale.installFreshness(base) === 'fresh' && (!build || stale.buildIsFresh(base, stale.sourceHash(base)));
  if (fresh) return;
  // Looked at again inside: whoever held the lock before may have done all of it.
  withBuildLock(base, say, () => {
    ensureInstalled(base);
    if (build) ensureBuilt(base);
  });
}

module.exports = { ensure, say };
