/** `npm run gen`: rewrites the generated files; with `--check` it only says which ones are stale, and exits 1. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configJsonSchema, configReference } from './config.ts';
import { type Generator, root } from './generator.ts';
import { ocsfTypes } from './ocsf.ts';
import { parserIndex } from './plugins.ts';

const generators: readonly Generator[] = [ocsfTypes, parserIndex, configReference, configJsonSchema];

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Answers whether all is well: with `check`, that the file is as it would be written. */
async function run(generator: Generator, check: boolean): Promise<boolean> {
  const made = await generator.generate();
  if (made.kind === 'skipped') {
    console.log(`${generator.name}: skipped, ${made.reason}`);
    return true;
  }
  const path = join(root, made.path);
  if ((await readIfThere(path)) === made.content) {
    console.log(`${generator.name}: ${made.path} is fresh`);
    return true;
  }
  if (check) {
    console.error(`${generator.name}: ${made.path} is stale; run "npm run gen"`);
    return false;
  }
  await writeFile(path, made.content);
  console.log(`${generator.name}: wrote ${made.path}`);
  return true;
}

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg !== '--check');
if (unknown.length > 0) throw new Error(`unknown argument ${unknown.join(' ')}; the only one is --check`);
let fine = true;
for (const generator of generators) {
  fine = (await run(generator, args.includes('--check'))) && fine;
}
process.exitCode = fine ? 0 : 1;
