'use strict';
/** Makes the checkout runnable, then becomes the service: one process, so that signals reach it directly. */
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { ensure } = require('./ensure.cjs');
const { root } = require('./stale.cjs');

/**
 * npm hands a signal to the shell between it and us, and a shell dies of it without handing it on.
 * Left behind like that we would keep the port and the data directory, so losing the parent is a stop.
 */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}

/** @param {string[]} args */
function launch(args) {
  // libuv reads it once, when its pool is first used; up to here every read was synchronous.
  if (!process.env.UV_THREADPOOL_SIZE) process.env.UV_THREADPOOL_SIZE = '16';
  ensure();
  stopWithNpm();
  const bundle = path.join(root, 'dist', 'watchfloor.mjs');
  process.argv = [process.argv[0], path.join(root, 'bin', 'watchfloor.cjs'), ...args];
  import(pathToFileURL(bundle).href).catch((error) => {
    process.stderr.write(`Watchfloor failed to load: ${error?.stack ?? error}\n`);
    process.exit(1);
  });
}

module.exports = { launch };
