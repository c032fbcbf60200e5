/**
 * `node tools/relock.mjs`, after a change of dependencies: rewrites package-lock.json, and puts back what
 * npm drops silently when a registry mirror lacks a binary of another platform (`npm ci` then refuses
 * the lock on every machine).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const platforms = [
  { name: 'darwin-arm64', cpu: 'arm64', os: 'darwin' },
  { name: 'darwin-x64', cpu: 'x64', os: 'darwin' },
  { name: 'linux-arm64-gnu', cpu: 'arm64', os: 'linux', libc: 'glibc' },
];

execFileSync('npm', ['install', '--package-lock-only'], { stdio: 'inherit' });
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const known = lock.packages['node_modules/@chdb/lib-linux-x64-gnu'];
for (const { name, cpu, os, libc } of platforms) {
  lock.packages[`node_modules/@chdb/lib-${name}`] ??= {
    version: known.version,
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    license: known.license,
    optional: true,
    os: [os],
  };
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
execFileSync('npm', ['ci', '--dry-run', '--ignore-scripts'], { stdio: 'inherit' });
