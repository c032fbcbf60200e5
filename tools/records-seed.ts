/** Builds `dist/records-seed.tar.gz` (or the file named as argument): what a fresh embedded records store starts from. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildSeed } from '../src/store/pglite/build-seed.ts';

const file = resolve(process.argv[2] ?? 'dist/records-seed.tar.gz');
await buildSeed(file);
console.log(`${file}: ${(await stat(file)).size} bytes`);
