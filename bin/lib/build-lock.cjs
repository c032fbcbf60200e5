'use strict';
/**
 * One install or build at a time in a checkout. Same scheme as src/app/lock.ts: numbered files, the
 * highest is the lock, and the number never goes down, so that two waiters can't both take a dead one's place.
 */
const fs = require('node:fs');
const path = require('node:path');

/** Start time of a process (clock ticks since boot), null when it is gone, '' where the system does not say. */
function startedAt(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19];
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    if (fs.existsSync('/proc/self/stat')) return null;
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch (error) {
    return error.code === 'EPERM' ? '' : null;
  }
}

function generations(dir) {
  return fs
    .readdirSync(dir)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function isHeld(file) {
  const text = fs.readFileSync(file, 'utf8');
  if (text === '') return false;
  const holder = JSON.parse(text);
  return startedAt(holder.pid) === holder.started;
}

/** Tries once; returns the number taken, or 0. */
function tryTake(dir) {
  const top = generations(dir).pop() ?? 0;
  const mine = path.join(dir, `.${process.pid}`);
  try {
    if (top > 0 && isHeld(path.join(dir, String(top)))) return 0;
    fs.writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }));
    fs.linkSync(mine, path.join(dir, String(top + 1)));
  } catch (error) {
    // Somebody was faster: look again.
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return 0;
    throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
  const all = generations(dir);
  const lost = all[all.length - 1] !== top + 1;
  for (const n of all)
    if (n < top + 1 || (lost && n === top + 1)) fs.rmSync(path.join(dir, String(n)), { force: true });
  return lost ? 0 : top + 1;
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Waits for the lock of this checkout, runs `work`, gives it back. `work` may return a promise. */
function withBuildLock(root, say, work) {
  const dir = path.join(root, '.cache', 'build-lock');
  fs.mkdirSync(dir, { recursive: true });
  let taken = tryTake(dir);
  if (taken === 0) say('another process is installing or building here; waiting for it');
  while (taken === 0) {
    sleep(200);
    taken = tryTake(dir);
  }
  const release = () => fs.writeFileSync(path.join(dir, String(taken)), '');
  let result;
  try {
    result = work();
  } catch (error) {
    release();
    throw error;
  }
  if (result instanceof Promise) return result.finally(release);
  release();
  return result;
}

module.exports = { withBuildLock };
