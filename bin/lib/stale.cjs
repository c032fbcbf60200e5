'use strict';
/** What is stale: hashes of the lock file and of the sources, compared with the stamps of the last install and build. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const installStamp = ['node_modules', '.watchfloor-installed'];
const buildStamp = ['dist', '.built'];
const outputs = ['dist/watchfloor.mjs', 'web/dist/index.html'];
const sources = [
  'src',
  'web',
  'content',
  'tools/build.mjs',
  'tools/records-seed.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const notBuilt = /^(node_modules|dist|\.vite|\.git)$|\.test\.tsx?$|\.golden\.yml$/;

/** Text of a file, or null where there is none. */
function readOrNull(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Feeds a file, or a folder in the order of names, into the hash: relative name, size, bytes. */
function feed(hash, base, relative) {
  const full = path.join(base, relative);
  let stat;
  try {
    stat = fs.statSync(full);
  } catch (error) {
    // Gone, or an editor's dangling lock link: nothing that could be built.
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (stat.isDirectory()) {
    for (const name of fs.readdirSync(full).sort()) {
      if (!notBuilt.test(name)) feed(hash, base, `${relative}/${name}`);
    }
  } else if (stat.isFile()) {
    const bytes = fs.readFileSync(full);
    hash.update(`${relative}\0${bytes.length}\0`).update(bytes);
  }
}

/** Hash of everything under `names` that a build reads. */
function treeHash(base, names) {
  const hash = crypto.createHash('sha256');
  for (const name of names) feed(hash, base, name);
  return hash.digest('hex');
}

function sourceHash(base = root) {
  return treeHash(base, sources);
}

function buildIsFresh(base, hash) {
  if (readOrNull(path.join(base, ...buildStamp)) !== hash) return false;
  return outputs.every((file) => fs.existsSync(path.join(base, file)));
}

function installState(base) {
  return {
    hash: treeHash(base, ['package.json', 'web/package.json', 'package-lock.json']),
    node: process.versions.node.split('.')[0],
    platform: `${process.platform}-${process.arch}`,
  };
}

/** True when npm's own record of what it put there has every package of the lock file, at its version. */
function matchesLock(base) {
  const lockText = readOrNull(path.join(base, 'package-lock.json'));
  const installedText = readOrNull(path.join(base, 'node_modules', '.package-lock.json'));
  if (lockText === null || installedText === null) return false;
  const installed = JSON.parse(installedText).packages;
  return Object.entries(JSON.parse(lockText).packages).every(([name, entry]) => {
    if (!name.includes('node_modules/') || entry.optional || entry.link) return true;
    return installed[name]?.version === entry.version && fs.existsSync(path.join(base, name));
  });
}

/** 'fresh', 'stale', or 'unstamped': somebody ran npm by hand and what is there fits the lock file. */
function installFreshness(base, state = installState(base)) {
  const text = readOrNull(path.join(base, ...installStamp));
  const stamp = text === null ? null : JSON.parse(text);
  if (
    stamp !== null &&
    stamp.hash === state.hash &&
    stamp.node === state.node &&
    stamp.platform === state.platform
  )
    return 'fresh';
  const sameMachine = stamp === null || (stamp.node === state.node && stamp.platform === state.platform);
  return sameMachine && matchesLock(base) ? 'unstamped' : 'stale';
}

function writeStamp(base, where, text) {
  const file = path.join(base, ...where);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, text);
  fs.renameSync(`${file}.${process.pid}`, file);
}

module.exports = {
  root,
  readOrNull,
  treeHash,
  sourceHash,
  buildIsFresh,
  installState,
  installFreshness,
  stampInstall: (base, state) => writeStamp(base, installStamp, JSON.stringify(state)),
  stampBuild: (base, hash) => writeStamp(base, buildStamp, hash),
};
