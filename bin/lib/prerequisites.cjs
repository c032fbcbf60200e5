'use strict';
/** What some tests need beside node_modules: a browser and a PostgreSQL server. Fetched with apt where that is possible. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function onPath(names) {
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(dir, name);
      if (dir !== '' && fs.existsSync(file)) return file;
    }
  }
  return null;
}

/** Debian keeps the server's binaries off the PATH, one folder per major version; the newest counts. */
function debianPostgres() {
  const base = '/usr/lib/postgresql';
  if (!fs.existsSync(base)) return null;
  const versions = fs.readdirSync(base).sort((a, b) => Number(b) - Number(a));
  const found = versions.find((version) => fs.existsSync(path.join(base, version, 'bin', 'initdb')));
  return found === undefined ? null : path.join(base, found, 'bin', 'initdb');
}

const wanted = [
  {
    name: 'Chromium',
    tests: 'the browser tests (e2e)',
    package: 'chromium',
    find: () => process.env.WATCHFLOOR_CHROMIUM ?? onPath(browsers),
  },
  {
    name: 'the PostgreSQL server',
    tests: 'the tests on a PostgreSQL server (stores)',
    package: 'postgresql',
    find: () => process.env.WATCHFLOOR_POSTGRES_BIN ?? onPath(['initdb']) ?? debianPostgres(),
  },
];

function apt(args) {
  // RUNLEVEL keeps Debian's scripts from starting a server of their own: the tests start theirs.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const done = spawnSync('apt-get', ['-qq', '-y', ...args], { stdio: ['ignore', 2, 2], env });
  return done.status === 0;
}

/** Installs what is missing, or says which tests are skipped for it. Never fails: the tests know what to do without. */
function ensurePrerequisites(say) {
  const missing = wanted.filter((tool) => tool.find() === null);
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && onPath(['apt-get']) !== null;
  if (mayInstall) {
    const packages = missing.map((tool) => tool.package);
    say(`installing with apt: ${packages.join(', ')}`);
    const install = ['install', '--no-install-recommends', ...packages];
    if (!(apt(install) || (apt(['update']) && apt(install)))) say('apt could not install them');
  }
  for (const tool of missing) {
    if (tool.find() !== null) continue;
    const how = mayInstall ? '' : ` (install ${tool.package}, or run as root where there is apt)`;
    say(`SKIPPED: ${tool.tests}, because ${tool.name} is not installed${how}`);
  }
}

module.exports = { ensurePrerequisites };
